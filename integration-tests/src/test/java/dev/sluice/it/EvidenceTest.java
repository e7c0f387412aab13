package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.it.Evidence.Told;
import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The ledger can fail: each broken promise, planted among the facts of a run in which all is well, is found. */
class EvidenceTest {
    private static final Stack STACK = new Stack("evidence", Options.plain());
    private static final Ledger LEDGER = new Ledger(STACK);

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @BeforeAll
    static void upload() {
        LEDGER.sendAll(
                IntStream.range(0, 3)
                        .mapToObj(i ->
                                Sending.of("file-" + i, new Payload(i, 1000)).with("Idempotency-Key", "k" + i))
                        .toList(),
                () -> {});
    }

    @Test
    void findsNothingWhereAllIsWell() {
        LEDGER.check();

        assertThat(LEDGER.statuses()).containsExactly(201);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void finds(String fault, Consumer<Facts> plant) {
        Facts facts = new Facts(LEDGER.evidence());

        plant.accept(facts);

        assertThatThrownBy(() -> facts.evidence().check()).as(fault).isInstanceOf(AssertionError.class);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("an object lost", facts -> facts.objects.remove(facts.key())),
                fault("an object changed", facts -> facts.objects.put(facts.key(), "another digest")),
                fault("an object without a row", facts -> facts.objects.put(facts.key() + "-copy", "")),
                fault("a row lost", facts -> facts.uploads.remove(facts.id())),
                fault("a row forgotten after 201", facts -> facts.change("state", "expired")),
                fault("a second row of one key", facts -> facts.uploads.put("another", facts.upload())),
                fault("an event lost", facts -> facts.events.removeIf(event -> isCompletion(event, facts.id()))),
                fault("an event doubled", facts -> facts.events.add(facts.completion())),
                fault(
                        "an event invented",
                        facts -> facts.events.add(with(facts.completion(), "upload_id", "nobody's"))),
                fault(
                        "a callback lost",
                        facts -> facts.callbacks.removeIf(one -> one.uploadId().equals(facts.id()))),
                fault(
                        "a callback doubled",
                        facts -> facts.callbacks.add(new Received("another id", "upload.completed", facts.data()))),
                fault(
                        "a callback invented",
                        facts -> facts.callbacks.add(new Received(
                                "an id", "upload.completed", with(facts.data(), "upload_id", "nobody's")))),
                fault("a job lost", facts -> facts.jobs.remove(facts.jobId())),
                fault(
                        "a job undone",
                        facts -> facts.jobs.computeIfPresent(facts.jobId(), (id, job) -> with(job, "state", "dead"))),
                fault(
                        "a job done twice",
                        facts -> facts.jobs.computeIfPresent(facts.jobId(), (id, job) -> doneTwice(job))),
                fault(
                        "a promise about nothing",
                        facts -> facts.told.add(new Told(
                                facts.told.getFirst().sending(),
                                new Answer(201, Map.of(), "{\"upload_id\":\"nobody's\"}")))),
                fault(
                        "an answer that is none",
                        facts -> facts.told.add(
                                new Told(facts.told.getFirst().sending(), new Answer(500, Map.of(), "")))));
    }

    private static Arguments fault(String name, Consumer<Facts> plant) {
        return Arguments.of(name, plant);
    }

    private static JsonObject doneTwice(JsonObject job) {
        JsonObject attempt = job.getJsonArray("attempts").getJsonObject(0);
        return Json.createObjectBuilder(job)
                .add("attempts", Json.createArrayBuilder().add(attempt).add(attempt))
                .build();
    }

    /** Evidence that can be changed; its first told upload is the victim. */
    static final class Facts {
        private final List<Told> told;
        private final Map<String, Sending> sendings;
        private final Map<String, JsonObject> uploads;
        private final Map<String, JsonObject> jobs;
        private final List<JsonObject> events;
        private final List<Received> callbacks;
        private final Map<String, String> objects;

        Facts(Evidence evidence) {
            told = new ArrayList<>(evidence.told());
            sendings = evidence.sendings();
            uploads = new HashMap<>(evidence.uploads());
            jobs = new HashMap<>(evidence.jobs());
            events = new ArrayList<>(evidence.events());
            callbacks = new ArrayList<>(evidence.callbacks());
            objects = new HashMap<>(evidence.objects());
        }

        Evidence evidence() {
            return new Evidence(told, sendings, uploads, jobs, events, callbacks, objects);
        }

        String id() {
            return told.getFirst().answer().uploadId().orElseThrow();
        }

        JsonObject upload() {
            return Objects.requireNonNull(uploads.get(id()));
        }

        String key() {
            return upload().getString("key");
        }

        String jobId() {
            return upload().getJsonArray("jobs").getJsonObject(0).getString("job_id");
        }

        JsonObject completion() {
            return events.stream()
                    .filter(event -> isCompletion(event, id()))
                    .findFirst()
                    .orElseThrow();
        }

        JsonObject data() {
            return callbacks.stream()
                    .filter(one -> one.uploadId().equals(id()))
                    .findFirst()
                    .orElseThrow()
                    .data();
        }

        void change(String member, String value) {
            uploads.put(id(), with(upload(), member, value));
        }
    }

    private static boolean isCompletion(JsonObject event, String uploadId) {
        return event.getString("type").equals("upload.completed")
                && event.getString("upload_id").equals(uploadId);
    }

    private static JsonObject with(JsonObject object, String member, String value) {
        return Json.createObjectBuilder(object).add(member, value).build();
    }
}
