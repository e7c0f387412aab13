package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.ShortAnswers;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.ReaderStore;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Objects are read by an identity of its own, where no other is known: by whoever has an address, and by {@code examples/python-worker}. */
class ReaderTest {
    private static final int SIZE = 100_000;
    private static final String KIND = "count-lines";
    private static final ReaderStore READER = new ReaderStore();
    private static final ShortAnswers WAY = new ShortAnswers(READER::connect);
    private static final Stack STACK = Stack.embedded(
            "reader",
            Options.plain()
                    .jobForOthers(KIND)
                    .gateway(READER.gateway(WAY.url()))
                    .metadata("metadata.jobs.lease=PT8S", "metadata.jobs.max-failures=1000"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @BeforeAll
    static void start() {
        SuiteReport.say("examples/python-worker: " + (Stack.hasPython() ? "run" : "NOT run, no python3 here"));
        READER.start(STACK);
    }

    @AfterAll
    static void stop() throws IOException {
        READER.close();
        WAY.close();
    }

    @AfterEach
    void heal() {
        WAY.heal();
    }

    @Test
    void theAddressIsSignedByTheReaderAlone() throws IOException {
        Payload payload = new Payload(1, SIZE);
        Answer sentOn = Http.get(
                STACK.url() + "/objects/" + stored("mine", payload),
                Map.of("Authorization", "Bearer " + STACK.key("default")));

        String link = sentOn.header("Location").orElseThrow();
        assertThat(link).startsWith(WAY.url() + "/uploads/").contains("X-Amz-Credential=reader%2F");
        assertThat(Payload.sha256(new ByteArrayInputStream(Http.fetch(link).body())))
                .isEqualTo(payload.sha256());
        String writer = STACK.storeAccess().accessKey();
        assertThat(Http.fetch(link.replace("Credential=reader%2F", "Credential=" + writer + "%2F"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aWorkerInPythonWorksWithItsTokenAlone() throws IOException {
        Payload payload = new Payload(2, SIZE);
        String id = stored("poem.txt", payload);
        try (Part worker = python()) {
            worker.launch();

            assertCounted(Api.of(STACK).awaitSettled(id), payload);
        }
    }

    @Test
    void aWorkerInPythonBelievesNoBodyThatWasCut() throws IOException {
        WAY.endAfter(SIZE / 2);
        Payload payload = new Payload(3, SIZE);
        String id = stored("cut.txt", payload);
        try (Part worker = python()) {
            worker.launch();

            Await.until(
                    "its job has failed",
                    Times.SETTLED,
                    () -> job(Api.of(STACK).upload(id)).getInt("failures") > 0);
            JsonObject attempt =
                    job(Api.of(STACK).upload(id)).getJsonArray("attempts").getJsonObject(0);
            assertThat(attempt.getString("error")).endsWith(" bytes are missing");
            WAY.heal();
            assertCounted(Api.of(STACK).awaitSettled(id), payload);
        }
    }

    @Test
    void aWorkerInPythonKeepsAJobThatTakesLongerThanALease() throws IOException {
        WAY.atBytesPerSecond(SIZE / 16);
        Payload payload = new Payload(4, SIZE);
        String id = stored("slow.txt", payload);
        try (Part worker = python()) {
            worker.launch();
            JsonObject upload = Api.of(STACK).awaitSettled(id);

            assertCounted(upload, payload);
            assertThat(job(upload).getJsonArray("attempts")).hasSize(1);
        }
    }

    private static String stored(String name, Payload payload) throws IOException {
        Answer answer = Sending.of(name, payload)
                .with("Content-Type", "application/x-" + KIND)
                .send(STACK);
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.uploadId().orElseThrow();
    }

    /** With an environment whose proxy nobody is. */
    private static Part python() {
        assumeTrue(Stack.hasPython(), "no python3 here");
        return STACK.python(
                "python-worker",
                "python-worker/worker.py",
                Map.of(
                        "http_proxy", "http://127.0.0.1:9",
                        "SLUICE_METADATA", STACK.internalUrl(),
                        "SLUICE_URL", STACK.url(),
                        "SLUICE_TOKEN_FILE",
                                STACK.folder().resolve("secrets/worker.token").toString()));
    }

    private static JsonObject job(JsonObject upload) {
        return upload.getJsonArray("jobs").getValuesAs(JsonObject.class).stream()
                .filter(one -> one.getString("kind").equals(KIND))
                .map(one -> Api.of(STACK).job(one.getString("job_id")))
                .findFirst()
                .orElseThrow();
    }

    private static void assertCounted(JsonObject upload, Payload payload) {
        byte[] bytes = payload.bytes();
        long lines =
                IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').count();
        assertThat(upload.getString("processing")).isEqualTo("succeeded");
        assertThat(job(upload).getJsonObject("result").getInt("lines")).isEqualTo((int) lines);
    }
}
