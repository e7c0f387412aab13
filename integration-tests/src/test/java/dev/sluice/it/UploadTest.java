package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A file through nginx into the store: stored as sent, announced once, processed once. */
class UploadTest {
    /** S3Proxy copies all parts of the largest file while the gateway waits for its answer; no worker or receiver is so slow that anything is tried twice. */
    private static final Stack STACK = new Stack(
            "upload",
            Options.plain()
                    .gateway("storage.answer-timeout=PT150S", "gateway.stall=PT60S")
                    .metadata(
                            "metadata.times.silent=PT60S",
                            "metadata.jobs.lease=PT60S",
                            "metadata.callback.timeout=PT60S"));

    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    /** The largest does not fit the gateway's heap of 128 MiB. */
    @ParameterizedTest(name = "{0} bytes, chunked {1}")
    @CsvSource({
        "0, false",
        "0, true",
        "1, false",
        "1, true",
        "5242879, false",
        "5242879, true",
        "5242880, false",
        "5242880, true",
        "5242881, false",
        "5242881, true",
        "67108864, false",
        "67108864, true",
        "1073741824, false",
        "1073741824, true"
    })
    void storesWhatWasSentAndProcessesItOnce(long size, boolean chunked) throws IOException {
        Sending plain = Sending.of("file-" + size + "-" + chunked, new Payload(size, size));
        Sending sending = chunked ? plain.inChunks() : plain;
        Ledger ledger = new Ledger(STACK);

        Answer answer = ledger.send(sending).orElseThrow();

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        String id = answer.uploadId().orElseThrow();
        assertThat(answer.header("Location"))
                .hasValueSatisfying(path -> assertThat(path).endsWith("/uploads/" + id));
        checkEverythingAbout(id, sending);
        if (size > 64 * MIB) {
            STACK.bucket().remove(Api.of(STACK).upload(id).getString("key"));
        }
    }

    @Test
    void answersWithTheDigestThatWasAskedFor() throws IOException {
        Payload payload = new Payload(7, 300_000);
        Sending sending = Sending.of("digest.bin?digest=sha-256", payload);

        Answer answer = sending.send(STACK);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Repr-Digest")).contains(payload.reprDigest());
        assertThat(answer.json().getString("sha256")).isEqualTo(payload.sha256());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Repr-Digest", "Content-Digest"})
    void takesABodyWithTheDigestThatItDeclares(String header) throws IOException {
        Payload payload = new Payload(8, 70_000);

        Answer answer = Sending.of("right-" + header, payload)
                .with(header, payload.reprDigest())
                .send(STACK);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().getString("sha256")).isEqualTo(payload.sha256());
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "100000", "6000000"})
    void refusesABodyWithAnotherDigestAndStoresNothing(long size) throws IOException {
        Sending sending =
                Sending.of("wrong-" + size, new Payload(9, size)).with("Repr-Digest", new Payload(10, 5).reprDigest());

        for (Sending one : List.of(sending, sending.inChunks())) {
            Answer answer = one.send(STACK);

            assertThat(answer.status()).as("%s", answer).isEqualTo(422);
            assertThat(answer.code()).isEqualTo("digest-mismatch");
            JsonObject row = Api.of(STACK).awaitState(answer.uploadId().orElseThrow(), "failed");
            assertThat(row.getString("reason")).isEqualTo("digest-mismatch");
            assertThat(STACK.bucket().exists(row.getString("key"))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer wrong", "Basic abc"})
    void refusesWhoHasNoValidKey(String authorization) throws IOException {
        Answer answer = Sending.of("nobody", new Payload(1, 10))
                .with("Authorization", authorization)
                .send(STACK);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("unauthorized");
    }

    @Test
    void showsAnUploadToItsOwnerOnly() throws IOException {
        Answer answer = Sending.of("mine", new Payload(1, 10)).send(STACK);
        String id = answer.uploadId().orElseThrow();
        Api.of(STACK).awaitSettled(id);
        String job =
                Api.of(STACK).upload(id).getJsonArray("jobs").getJsonObject(0).getString("job_id");
        Api other = new Api(STACK, "other");

        assertThat(other.get("/uploads/" + id).status()).isEqualTo(404);
        assertThat(other.get("/jobs/" + job).status()).isEqualTo(404);
        assertThat(other.uploads()).isEmpty();
        assertThat(other.events()).isEmpty();
    }

    @Test
    void keepsTheFileNameAndTypeThatTheClientGave() throws IOException {
        Sending sending = Sending.of("r%C3%A9sum%C3%A9%20%26%20co.pdf", new Payload(3, 100))
                .with("Content-Type", "application/pdf");

        JsonObject row = Api.of(STACK).upload(sending.send(STACK).uploadId().orElseThrow());

        assertThat(row.getString("filename")).isEqualTo("résumé & co.pdf");
        assertThat(row.getString("content_type")).isEqualTo("application/pdf");
        assertThat(row.getString("key")).startsWith(STACK.keyPrefix()).doesNotContain("sum");
    }

    @Test
    void answersARepeatOfACompletedUploadWithTheSameReceipt() throws IOException {
        Sending sending = Sending.of("again", new Payload(4, 200_000)).with("Idempotency-Key", "again-1");
        Answer first = sending.send(STACK);

        Answer second = sending.send(STACK);

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.header("Idempotency-Replayed")).contains("true");
        assertThat(second.json()).isEqualTo(first.json());
        assertThat(Sending.of("other-name", sending.payload())
                        .with("Idempotency-Key", "again-1")
                        .send(STACK)
                        .code())
                .isEqualTo("idempotency-mismatch");
    }

    @Test
    void meetsAKnownObjectByItsUrl() throws IOException {
        Answer answer = Sending.of("known", new Payload(5, 1000)).send(STACK);
        String id = answer.uploadId().orElseThrow();
        JsonObject row = Api.of(STACK).awaitSettled(id);

        Answer hint = Api.of(STACK).hint(STACK.bucket().urlOf(row.getString("key")));

        assertThat(hint.status()).as("%s", hint).isEqualTo(200);
        assertThat(hint.json().getString("upload_id")).isEqualTo(id);
        assertThat(hint.json().getString("state")).isEqualTo("completed");
        assertThat(hint.json().getJsonArray("jobs")).hasSize(1);
    }

    @Test
    void processesAnObjectThatSomebodyElseStoredAndReported() {
        Payload payload = new Payload(6, 5000);
        String key = STACK.foreignKey("report.pdf");
        STACK.bucket().put(key, payload, Map.of());
        Api api = Api.of(STACK);

        Answer hint = api.hint(STACK.bucket().urlOf(key));
        Answer again = api.hint(STACK.bucket().urlOf(key));

        assertThat(hint.status()).as("%s", hint).isEqualTo(200);
        assertThat(hint.json().getString("state")).isEqualTo("reported");
        String id = hint.json().getString("upload_id");
        assertThat(again.json().getString("upload_id")).isEqualTo(id);
        JsonObject row = api.awaitSettled(id);
        assertThat(row.getString("state")).isEqualTo("completed");
        assertThat(row.getJsonNumber("size").longValue()).isEqualTo(payload.size());
        assertThat(row.getString("processing")).isEqualTo("succeeded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9/uploads/x", "http://example.org/x", "not a url", "file:///etc/passwd"})
    void refusesAUrlOfNoConfiguredStore(String url) {
        Answer answer = Api.of(STACK).hint(url);

        assertThat(answer.status()).isIn(400, 422);
        assertThat(answer.code()).isIn("bad-request", "unknown-store");
    }

    private static void checkEverythingAbout(String id, Sending sending) {
        JsonObject row = Api.of(STACK).awaitSettled(id);
        assertThat(row.getString("state")).isEqualTo("completed");
        assertThat(row.getString("processing")).isEqualTo("succeeded");
        assertThat(row.getJsonNumber("size").longValue())
                .isEqualTo(sending.payload().size());
        assertThat(STACK.bucket().sha256(row.getString("key")))
                .isEqualTo(sending.payload().sha256());
        assertThat(row.getJsonArray("jobs")).hasSize(1);
        JsonObject job =
                Api.of(STACK).job(row.getJsonArray("jobs").getJsonObject(0).getString("job_id"));
        assertThat(job.getString("kind")).isEqualTo("verify");
        assertThat(job.getJsonArray("attempts")).hasSize(1);
        assertThat(job.getJsonObject("result").getString("sha256"))
                .isEqualTo(sending.payload().sha256());
        assertThat(Api.of(STACK).events().stream()
                        .filter(event -> event.getString("upload_id").equals(id))
                        .map(event -> event.getString("type")))
                .containsExactly("upload.completed", "job.succeeded");
        assertThat(STACK.receiver().received().stream()
                        .filter(one -> one.uploadId().equals(id)))
                .extracting(one -> one.type())
                .containsExactlyInAnyOrder("upload.completed", "job.succeeded");
        assertThat(STACK.receiver().badSignatures()).isEmpty();
    }
}
