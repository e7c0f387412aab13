package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Reply;
import dev.sluice.gateway.runtime.Ticker;
import dev.sluice.gateway.storage.InMemoryObjectStore;
import dev.sluice.gateway.storage.StorageException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Uploads that break between the intent and the answer. */
class FailureTest {
    private static final byte[] BODY = new byte[200_000];
    private static final String HEAD = "PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";

    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(
                folder, "gateway.stall=PT2S", "gateway.min-bytes-per-second=1000", "gateway.min-rate-window=PT2S");
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void abortsWriteWhenClientStopsMidBody() throws Exception {
        try (RawClient client = running.connect()) {
            client.send(HEAD).send(new byte[70_000]);
            assertThat(running.store.awaitBegin()).isTrue();

            client.reset();

            JsonObject verdict = running.metadata.next(Kind.VERDICT).json();
            assertThat(verdict.getString("reason")).isEqualTo("client-gone");
            assertThat(running.store.awaitAbort()).isTrue();
            assertThat(running.store.contents()).isEmpty();
        }
    }

    @Test
    void answersAClientThatEndsTooEarlyButStillListens() throws Exception {
        try (RawClient client = running.connect()) {
            String answer =
                    client.send(HEAD).send(new byte[70_000]).endSending().everything();

            assertThat(answer).startsWith("HTTP/1.1 400").contains("body-interrupted");
        }
        JsonObject verdict = running.metadata.next(Kind.VERDICT).json();
        assertThat(verdict.getString("reason")).isEqualTo("client-gone");
        assertThat(verdict.getInt("received")).isEqualTo(70_000);
        assertThat(verdict.getString("detail")).isEqualTo("the connection ended after 70000 of 100000 bytes");
        assertThat(running.store.contents()).isEmpty();
    }

    @Test
    void goesOnWhenTheClientLeavesAfterItsLastByte() throws Exception {
        try (RawClient client = running.connect()) {
            client.send(HEAD).send(new byte[100_000]);
            client.reset();
        }

        JsonObject completion = running.metadata.next(Kind.COMPLETION).json();

        assertThat(completion.getInt("size")).isEqualTo(100_000);
    }

    @Test
    void tellsAStalledClientAndAborts() throws Exception {
        try (RawClient client = running.connect()) {
            String answer = client.send(HEAD).send(new byte[10]).everything();

            assertThat(answer)
                    .startsWith("HTTP/1.1 503")
                    .contains("upload-too-slow", "Nothing came for ", " s; 10 bytes were received.");
        }
        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isEqualTo("too-slow");
        assertThat(running.store.awaitAbort()).isTrue();
        assertThat(running.store.contents()).isEmpty();
    }

    @Test
    void tellsACrawlingClientAndAborts() throws Exception {
        try (RawClient client = running.connect().send(HEAD);
                Ticker dripping = Ticker.start("drip", Duration.ofMillis(50), () -> drip(client))) {
            assertThat(dripping).isNotNull();

            assertThat(client.answer())
                    .startsWith("HTTP/1.1 503")
                    .contains("upload-too-slow", " bytes a second came for ");
        }
        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isEqualTo("too-slow");
    }

    @Test
    void cutsOffAChunkedBodyAtTheLimit() throws Exception {
        HttpResponse<String> answer = running.put(
                "/upload/a", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1_000_001])));

        assertProblem(answer, 413, "upload-too-large");
        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isEqualTo("too-large");
        assertThat(running.store.contents()).isEmpty();
    }

    @Test
    void storesAChunkedBodyOfExactlyTheLimit() throws Exception {
        HttpResponse<String> answer = running.put(
                "/upload/a", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1_000_000])));

        assertThat(answer.statusCode()).isEqualTo(201);
    }

    @Test
    void neverStoresABodyWithAnotherDigest() throws Exception {
        String wrong = Base64.getEncoder().encodeToString(new byte[32]);

        HttpResponse<String> answer = running.put("/upload/a", BODY, "Repr-Digest", "sha-256=:" + wrong + ":");

        assertProblem(answer, 422, "digest-mismatch");
        assertThat(answer.body()).contains(" not " + "00".repeat(32) + ".\"");
        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isEqualTo("digest-mismatch");
        assertThat(running.store.contents()).isEmpty();
        assertThat(running.store.aborted()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "BEGIN,UNAVAILABLE,503,store-unavailable,store-unavailable",
        "WRITE,UNAVAILABLE,503,store-unavailable,store-unavailable",
        "BEGIN,THROTTLED,503,store-throttled,store-throttled",
        "WRITE,FULL,507,store-full,store-full",
        "COMMIT,FULL,507,store-full,store-full",
        "COMMIT,REFUSED,502,store-refused,store-refused",
        "BEGIN,REFUSED,502,store-refused,store-refused",
        "BEGIN,BUDGET,503,too-many-uploads,gateway-full"
    })
    void saysWhatTheStoreDid(
            InMemoryObjectStore.Point point, StorageException.Kind kind, int status, String code, String reason)
            throws Exception {
        running.store.failAt(point, kind);

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        assertProblem(answer, status, code);
        assertThat(answer.headers().firstValue("retry-after").isPresent()).isEqualTo(status != 502);
        JsonObject verdict = running.metadata.next(Kind.VERDICT).json();
        assertThat(verdict.getString("reason")).isEqualTo(reason);
        assertThat(running.store.contents()).isEmpty();
    }

    @Test
    void reportsDoubtAndNeverSuccessWhenTheOutcomeIsUnknown() throws Exception {
        running.store.failAt(InMemoryObjectStore.Point.COMMIT, StorageException.Kind.OUTCOME_UNKNOWN);
        running.metadata.answerReports(new Reply(503, "{}"));

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        assertProblem(answer, 503, "outcome-unknown");
        assertThat(answer.headers().firstValue("location")).isPresent();
        assertThat(running.metadata.next(Kind.IN_DOUBT).json().getInt("attempt"))
                .isEqualTo(1);
        running.metadata.answerReports(new Reply(204, ""));
        running.metadata.next(Kind.IN_DOUBT);
        assertThat(running.metadata.count(Kind.VERDICT)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"BEGIN", "WRITE"})
    void settlesTheRowWhenWeFailBeforeTheEnd(InMemoryObjectStore.Point point) throws Exception {
        running.store.breakAt(point);

        assertProblem(running.put("/upload/a", BODY), 500, "internal-error");

        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isEqualTo("internal-error");
        assertThat(running.metadata.count(Kind.IN_DOUBT)).isZero();
    }

    @Test
    void reportsDoubtWhenWeFailWhileTheEndIsSent() throws Exception {
        running.store.breakAt(InMemoryObjectStore.Point.COMMIT);

        assertProblem(running.put("/upload/a", BODY), 503, "outcome-unknown");

        running.metadata.next(Kind.IN_DOUBT);
        assertThat(running.metadata.count(Kind.VERDICT)).isZero();
    }

    @Test
    void passesOnThatAnotherAttemptTookOver() throws Exception {
        running.metadata.answerCompletions(new Reply(409, "{\"code\":\"superseded\"}"));

        assertProblem(running.put("/upload/a", BODY), 409, "superseded");
    }

    @Test
    void refusesAKnownLengthOverTheLimitBeforeTheStoreHears() throws Exception {
        running.metadata.editIntentAnswers(
                json -> Json.createObjectBuilder(json).add("max_bytes", 199_999).build());

        assertProblem(running.put("/upload/a", BODY), 413, "upload-too-large");
        assertThat(running.store.begun()).isZero();
    }

    private static void drip(RawClient client) {
        try {
            client.send(new byte[10]);
        } catch (IOException e) {
            assertThat(e).isNotNull();
        }
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    }
}
