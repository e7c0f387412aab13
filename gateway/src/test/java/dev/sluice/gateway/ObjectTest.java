package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Message;
import dev.sluice.gateway.FakeMetadata.Reply;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /objects/{upload id}}: who may is the metadata service's to say, and the bytes are the store's to send. */
class ObjectTest {
    private static final String ID = "019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e";

    @TempDir
    private Path folder;

    private RunningGateway running;

    @BeforeEach
    void start() throws Exception {
        running = new RunningGateway(
                folder,
                "storage.public-url=https://files.example",
                "storage.reader-access-key=reader",
                "storage.reader-secret-key-file=" + folder.resolve("secret"),
                "gateway.object-url-lifetime=PT7M",
                "gateway.intent-timeout=PT30S");
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void sendsOnToAnAddressSignedByTheReader() throws Exception {
        running.metadata.answerObjects(new Reply(
                200, "{\"bucket\":\"uploads\",\"key\":\"in/a b.txt\",\"version_id\":\"v1\",\"filename\":\"a b.txt\"}"));

        HttpResponse<String> answer =
                get("/objects/" + ID, "Authorization", "Bearer sk_1", "X-Forwarded-For", "203.0.113.7");

        assertThat(answer.statusCode()).isEqualTo(307);
        URI link = URI.create(answer.headers().firstValue("location").orElseThrow());
        assertThat(link.getScheme() + "://" + link.getRawAuthority() + link.getRawPath())
                .isEqualTo("https://files.example/uploads/in/a%20b.txt");
        assertThat(link.getQuery())
                .contains("X-Amz-Credential=reader/")
                .contains("X-Amz-Expires=420")
                .contains("X-Amz-SignedHeaders=host")
                .contains("versionId=v1")
                .contains("response-content-disposition=attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt");
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
        assertThat(answer.headers().firstValue("referrer-policy")).contains("no-referrer");
        assertThat(answer.body()).isEmpty();
        Message asked = running.metadata.next(Kind.OBJECT);
        assertThat(asked.path()).isEqualTo("/internal/objects/" + ID);
        assertThat(asked.header("authorization")).isEqualTo("Bearer token-1");
        assertThat(asked.json().getString("authorization")).isEqualTo("Bearer sk_1");
        assertThat(asked.json().getString("client_address")).isEqualTo("203.0.113.7");
    }

    @Test
    void anAddressForHeadIsAnother() throws Exception {
        HttpResponse<String> get = get("/objects/" + ID);
        HttpResponse<String> head =
                running.send(running.request("/objects/" + ID).HEAD());

        assertThat(head.statusCode()).isEqualTo(307);
        assertThat(signature(head)).isNotEqualTo(signature(get));
    }

    @Test
    void passesOnThatNobodyOrTheWrongOneAsks() throws Exception {
        running.metadata.answerObjects(new Reply(401, "{}"), new Reply(404, "{}"));

        HttpResponse<String> unknown = get("/objects/" + ID);
        assertThat(unknown.body()).contains("\"unauthorized\"");
        assertThat(unknown.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(get("/objects/" + ID).body()).contains("\"not-found\"");
    }

    @Test
    void asksAgainWhenItHearsNothing() throws Exception {
        running.metadata.answerObjects(Reply.SILENCE, new Reply(500, "{}"), new Reply(200, "{}"));

        assertThat(get("/objects/" + ID).statusCode()).isEqualTo(307);
    }

    @Test
    void handsNothingOutUnlessItIsTold() throws Exception {
        try (RunningGateway deaf = new RunningGateway(
                folder,
                "storage.reader-access-key=reader",
                "storage.reader-secret-key-file=" + folder.resolve("secret"),
                "gateway.intent-timeout=PT2S")) {
            deaf.metadata.close();

            HttpResponse<String> answer = deaf.send(deaf.request("/objects/" + ID));

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("metadata-unavailable");
            assertThat(answer.headers().firstValue("retry-after")).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/objects/",
                "/objects/x",
                "/objects/019AA3C2-7B10-7C3E-9D51-2F6A1B0C4D5E",
                "/objects/019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e/",
                "/objects/019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e/x",
                "/objects/..%2finternal%2fuploads",
            })
    void whatIsNoIdIsNotAskedAbout(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
        assertThat(running.metadata.count(Kind.OBJECT)).isZero();
    }

    @Test
    void twoCredentialsAreNone() throws Exception {
        HttpResponse<String> answer =
                get("/objects/" + ID, "Authorization", "Bearer sk_1", "Authorization", "Bearer sk_2");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(running.metadata.count(Kind.OBJECT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST", "DELETE", "OPTIONS"})
    void onlyReadingIsAllowed(String method) throws Exception {
        HttpResponse<String> answer =
                running.send(running.request("/objects/" + ID).method(method, BodyPublishers.ofString("abc")));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
        assertThat(running.metadata.count(Kind.OBJECT)).isZero();
    }

    @Test
    void aFaultOfOursIsToldAsSuch() throws Exception {
        running.metadata.answerObjects(new Reply(200, "{\"bucket\":\"My_Bucket\",\"key\":\"a\"}"));

        HttpResponse<String> answer = get("/objects/" + ID);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(answer.body()).contains("\"internal-error\"").doesNotContain("My_Bucket");
    }

    @Test
    void readsABodyAsLongAsTheEdgeLetsThroughAndNoLonger() throws Exception {
        try (RawClient client = running.connect()) {
            client.send(withBody(65_536));
            assertThat(client.answer()).startsWith("HTTP/1.1 307 ");
            client.send(withBody(65_537));
            assertThat(client.everything()).isIn("", "[reset]");
        }
    }

    @Test
    void withoutAReaderThereIsNothing(@TempDir Path other) throws Exception {
        try (RunningGateway without = new RunningGateway(other)) {
            HttpResponse<String> answer = without.send(without.request("/objects/" + ID));

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(without.metadata.count(Kind.OBJECT)).isZero();
        }
    }

    private static String withBody(int size) {
        return "GET /objects/" + ID + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + size + "\r\n\r\n" + "a".repeat(size);
    }

    private static String signature(HttpResponse<String> answer) {
        return answer.headers().firstValue("location").orElseThrow().replaceFirst(".*X-Amz-Signature=", "");
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = running.request(path).GET();
        return running.send(headers.length == 0 ? request : request.headers(headers));
    }
}
