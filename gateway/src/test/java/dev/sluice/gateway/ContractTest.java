package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Reply;
import dev.sluice.gateway.storage.InMemoryObjectStore;
import dev.sluice.gateway.storage.StorageException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway writes and reads the messages of docs/api/examples. */
class ContractTest {
    private static final byte[] BODY = "abc".getBytes(StandardCharsets.UTF_8);

    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(
                folder,
                "storage.reader-access-key=reader",
                "storage.reader-secret-key-file=" + folder.resolve("secret"));
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void writesIntentAndCompletion() throws Exception {
        running.put("/upload/photo.jpg", BODY, "Idempotency-Key", "k", "Authorization", "Bearer x");

        FakeMetadata.Message intent = running.metadata.next(Kind.INTENT);
        assertThat(intent.method()).isEqualTo("PUT");
        assertThat(intent.path()).matches("/internal/uploads/[0-9a-f-]{36}");
        assertSameShape(intent.json(), example("intent.json"));
        assertSameShape(running.metadata.next(Kind.COMPLETION).json(), example("completion.json"));
    }

    @Test
    void writesVerdict() throws Exception {
        running.store.failAt(InMemoryObjectStore.Point.BEGIN, StorageException.Kind.UNAVAILABLE);

        running.put("/upload/a", BODY);

        assertSameShape(running.metadata.next(Kind.VERDICT).json(), example("verdict.json"));
    }

    @Test
    void writesInDoubt() throws Exception {
        running.store.failAt(InMemoryObjectStore.Point.COMMIT, StorageException.Kind.OUTCOME_UNKNOWN);

        running.put("/upload/a", BODY);

        assertSameShape(running.metadata.next(Kind.IN_DOUBT).json(), example("in-doubt.json"));
    }

    @Test
    void writesHeartbeat() throws Exception {
        FakeMetadata.Message beat = running.metadata.next(Kind.HEARTBEAT);

        JsonObject withoutUploads = Json.createObjectBuilder(example("heartbeat.json"))
                .add("uploads", JsonValue.EMPTY_JSON_ARRAY)
                .build();
        assertThat(beat.path()).isEqualTo("/internal/gateways/gw-1/heartbeat");
        assertSameShape(beat.json(), withoutUploads);
    }

    @Test
    void writesProblem() throws Exception {
        HttpResponse<String> answer = running.put("/upload/a", new byte[1_000_001]);

        assertSameShape(parse(answer.body()), example("problem.json"));
    }

    @Test
    void writesAndReadsWhatIsAskedForAnObject() throws Exception {
        JsonObject example = example("object-answer.json");
        running.metadata.answerObjects(new Reply(200, example.toString()));

        HttpResponse<String> answer = running.send(
                running.request("/objects/019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e").header("Authorization", "Bearer x"));

        assertSameShape(running.metadata.next(Kind.OBJECT).json(), example("object.json"));
        assertThat(answer.headers().firstValue("location").orElseThrow())
                .startsWith("http://127.0.0.1:9/uploads/" + example.getString("key") + "?");
    }

    @Test
    void readsReceive() throws Exception {
        JsonObject example = now(example("intent-answer-receive.json"));
        // but for the key: each request has its own
        running.metadata.editIntentAnswers(usual -> Json.createObjectBuilder(example)
                .add("key", usual.getString("key"))
                .build());

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        String request = running.metadata.next(Kind.INTENT).path().replaceFirst(".*/", "");
        JsonObject completion = running.metadata.next(Kind.COMPLETION).json();
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(completion.getString("key")).endsWith("/" + request);
        assertThat(completion.getString("upload_id")).isEqualTo(example.getString("upload_id"));
    }

    @Test
    void readsReplay() throws Exception {
        JsonObject example = now(example("intent-answer-replay.json"));
        running.metadata.answerIntents(new Reply(200, example.toString()));

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(parse(answer.body())).isEqualTo(example.getJsonObject("receipt"));
    }

    @Test
    void readsRefuse() throws Exception {
        running.metadata.answerIntents(
                new Reply(200, now(example("intent-answer-refuse.json")).toString()));

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("4");
        assertSameShape(parse(answer.body()), example("problem.json"));
    }

    @Test
    void readsTheCompletionsAnswer() throws Exception {
        JsonObject example = example("completion-answer.json");
        running.metadata.answerCompletions(new Reply(201, example.toString()));

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        assertThat(parse(answer.body())).isEqualTo(example.getJsonObject("receipt"));
        assertThat(parse(answer.body())).isEqualTo(example("receipt.json"));
    }

    /** The examples are of another day, which is a skewed clock. */
    private static JsonObject now(JsonObject example) {
        return Json.createObjectBuilder(example)
                .add("now_ms", System.currentTimeMillis())
                .build();
    }

    private static JsonObject example(String name) throws IOException {
        return parse(Files.readString(Path.of("..", "docs", "api", "examples", name)));
    }

    private static JsonObject parse(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    /** Same members of the same types; what is null on either side may be anything on the other. */
    private static void assertSameShape(JsonObject actual, JsonObject example) {
        assertThat(actual.keySet()).isEqualTo(example.keySet());
        example.forEach((name, value) -> assertSameShape(name, actual.getOrDefault(name, JsonValue.NULL), value));
    }

    private static void assertSameShape(String name, JsonValue actual, JsonValue example) {
        if (actual.equals(JsonValue.NULL) || example.equals(JsonValue.NULL)) {
            return;
        }
        if (actual instanceof JsonObject object && example instanceof JsonObject expected) {
            assertSameShape(object, expected);
        } else if (actual instanceof JsonArray array && example instanceof JsonArray expected) {
            assertThat(array.isEmpty()).as(name).isEqualTo(expected.isEmpty());
        } else {
            assertThat(kind(actual)).as(name).isEqualTo(kind(example));
        }
    }

    private static String kind(JsonValue value) {
        return value.equals(JsonValue.TRUE) || value.equals(JsonValue.FALSE)
                ? "BOOLEAN"
                : value.getValueType().name();
    }
}
