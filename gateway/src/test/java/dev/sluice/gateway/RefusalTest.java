package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Reply;
import jakarta.json.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused before a byte of their body is read. */
class RefusalTest {
    private static final byte[] BODY = "abc".getBytes(StandardCharsets.UTF_8);
    private static final String UPLOAD = "019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e";

    private RunningGateway running;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        running = new RunningGateway(folder, "gateway.max-open-uploads=1");
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Type|multipart/form-data; boundary=x|415|unsupported-media-type",
                "Content-Range|bytes 0-2/100|400|bad-request",
                "Repr-Digest|sha-256=abc|400|bad-request",
                "Repr-Digest|sha-256=:abc:|400|bad-request",
                "Content-Digest|sha-512=:YWJj|400|bad-request",
                "Idempotency-Key|\"a|400|bad-request",
                "Idempotency-Key|\"\"|400|bad-request",
                "Idempotency-Key|first, second|400|bad-request"
            })
    void refusesDoubtfulHeaders(String name, String value, int status, String code) throws Exception {
        HttpResponse<String> answer = running.put("/upload/a", BODY, name, value);

        assertProblem(answer, status, code);
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/upload", "/upload/", "/upload/photo.jpg"})
    void refusesAFormAsAFormWhateverItsPath(String path) throws Exception {
        HttpResponse<String> answer = running.send(running.request(path)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofByteArray(BODY)));

        assertProblem(answer, 415, "unsupported-media-type");
        assertThat(answer.body()).contains("curl -T FILE", "fetch(");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Idempotency-Key", "Repr-Digest", "Content-Digest", "Content-Type", "Authorization"})
    void refusesTwoOfWhatCanBeSaidOnce(String name) throws Exception {
        String value = name.endsWith("Digest") ? "sha-256=:" + "A".repeat(43) + "=:" : "text/plain";

        HttpResponse<String> answer = running.put("/upload/a", BODY, name, value, name, value);

        assertProblem(answer, 400, "bad-request");
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
    }

    @Test
    void refusesTwoDigestsInOneField() throws Exception {
        String digest = "sha-256=:" + "A".repeat(43) + "=:";

        HttpResponse<String> answer = running.put("/upload/a", BODY, "Repr-Digest", digest + ", " + digest);

        assertProblem(answer, 400, "bad-request");
    }

    @Test
    void ignoresOtherDigests() throws Exception {
        HttpResponse<String> answer = running.put("/upload/a", BODY, "Repr-Digest", "sha-512=:YWJj:");

        assertThat(answer.statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/upload/a%2Fb",
                "/upload/a/b",
                "/upload/%00",
                "/upload/a%0Ab",
                "/upload/%C3%28",
                "/upload/%E2%80%AEgpj.exe",
                "/upload/%C2%85",
                "/upload/..",
                "/upload/",
                "/upload/a?digest=md5"
            })
    void refusesDoubtfulNamesAndParameters(String target) throws Exception {
        try (RawClient client = running.connect()) {
            client.send("PUT " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(client.endSending().everything()).startsWith("HTTP/1.1 400");
        }
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "image/\u00e9", "text/plain\ta"})
    void refusesAContentTypeThatIsNotPrintable(String type) throws Exception {
        assertThat(answerToType(type)).startsWith("HTTP/1.1 400").contains("bad-request");
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
    }

    @Test
    void boundsTheContentType() throws Exception {
        assertThat(answerToType("x/" + "y".repeat(254))).startsWith("HTTP/1.1 400");
        assertThat(answerToType("x/" + "y".repeat(253))).startsWith("HTTP/1.1 201");
    }

    private String answerToType(String type) throws Exception {
        try (RawClient client = running.connect()) {
            client.send(
                    "PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Type: " + type + "\r\n\r\nabc");
            return client.answer();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8"})
    void callsAFileWithoutATypeOfItsOwnAStreamOfOctets(String type) throws Exception {
        if (type.isEmpty()) {
            running.put("/upload/a", BODY);
        } else {
            running.put("/upload/a", BODY, "Content-Type", type);
        }

        assertThat(running.metadata.next(Kind.INTENT).json().getString("content_type"))
                .isEqualTo("application/octet-stream");
    }

    @Test
    void decodesNamesOnce() throws Exception {
        running.put("/upload/%C3%A9%20%2525+;v=1.jpg", BODY);

        assertThat(running.metadata.next(Kind.INTENT).json().getString("filename"))
                .isEqualTo("é %25+;v=1.jpg");
    }

    @Test
    void answersUnknownPathsAndMethods() throws Exception {
        assertProblem(running.put("/nowhere", BODY), 404, "not-found");
        assertProblem(running.put("/upload", BODY), 405, "method-not-allowed");
        assertProblem(running.send(running.request("/upload/a").GET()), 405, "method-not-allowed");
    }

    @Test
    void passesOnWhatTheMetadataServiceRefuses() throws Exception {
        running.metadata.answerIntents(new Reply(
                200,
                Json.createObjectBuilder()
                        .add("decision", "refuse")
                        .add("now_ms", System.currentTimeMillis())
                        .add("status", 409)
                        .add("code", "upload-in-doubt")
                        .add("detail", "being checked")
                        .add("retry_after_seconds", 4)
                        .add("upload_id", UPLOAD)
                        .build()
                        .toString()));

        HttpResponse<String> answer = running.put("/upload/a", BODY, "Idempotency-Key", "k");

        assertProblem(answer, 409, "upload-in-doubt");
        assertThat(answer.headers().firstValue("retry-after")).hasValue("4");
        assertThat(answer.headers().firstValue("location")).hasValue("/uploads/" + UPLOAD);
        assertThat(running.store.begun()).isZero();
        assertThat(running.metadata.count(Kind.VERDICT)).isZero();
    }

    @Test
    void answersAReplayWithTheSameReceipt() throws Exception {
        running.metadata.answerIntents(new Reply(
                200,
                "{\"decision\":\"replay\",\"now_ms\":" + System.currentTimeMillis() + ",\"receipt\":{\"upload_id\":\""
                        + UPLOAD + "\",\"sha256\":\"" + "00".repeat(32) + "\"}}"));

        HttpResponse<String> answer = running.put("/upload/a", BODY, "Idempotency-Key", "k");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("idempotency-replayed")).hasValue("true");
        assertThat(answer.headers().firstValue("repr-digest")).isPresent();
        assertThat(answer.body()).contains(UPLOAD);
        assertThat(running.store.begun()).isZero();
    }

    @Test
    void asksAgainWithTheSameRequestWhenTheAnswerIsLost() throws Exception {
        running.metadata.answerIntents(Reply.SILENCE, new Reply(503, "{}"));

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        assertThat(answer.statusCode()).isEqualTo(201);
        String first = running.metadata.next(Kind.INTENT).path();
        assertThat(running.metadata.next(Kind.INTENT).path()).isEqualTo(first);
        assertThat(running.metadata.next(Kind.INTENT).path()).isEqualTo(first);
    }

    @Test
    void readsNothingWhenNobodyDecides() throws Exception {
        running.close();
        running = new RunningGateway(folder, "gateway.intent-timeout=PT1S");
        running.metadata.close();
        try (RawClient client = running.connect()) {
            client.send("PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

            String answer = client.answer();

            assertThat(answer).startsWith("HTTP/1.1 503").contains("metadata-unavailable");
            assertThat(answer).containsIgnoringCase("retry-after:");
        }
        assertThat(running.store.begun()).isZero();
    }

    @Test
    void refusesBeyondTheCeiling() throws Exception {
        try (RawClient first = running.connect()) {
            first.send("PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab");
            assertThat(running.store.awaitBegin()).isTrue();

            HttpResponse<String> second = running.put("/upload/b", BODY);
            String done = first.send("c").answer();

            assertProblem(second, 503, "too-many-uploads");
            assertThat(second.headers().firstValue("retry-after")).isPresent();
            assertThat(done).startsWith("HTTP/1.1 201");
        }
        assertThat(running.put("/upload/b", BODY).statusCode()).isEqualTo(201);
    }

    @Test
    void refusesWhileItsClockIsOff() throws Exception {
        running.metadata.setClockOff(-3_600_000);
        running.metadata.next(Kind.HEARTBEAT);

        HttpResponse<String> first = running.put("/upload/a", BODY);
        HttpResponse<String> ready = running.health("/health/ready");

        assertProblem(first, 503, "clock-skew");
        assertThat(running.store.begun()).isZero();
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("clock-skew");
    }

    @Test
    void lingersSoThatAnEarlyAnswerArrives() throws Exception {
        byte[] large = new byte[5_000_000];

        HttpResponse<String> answer = running.put("/upload/a", BodyPublishers.ofByteArray(large));

        assertProblem(answer, 413, "upload-too-large");
        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isEqualTo("too-large");
        assertThat(running.store.begun()).isZero();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"").contains("\"status\":" + status);
    }
}
