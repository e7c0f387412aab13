package dev.sluice.it.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.History.Sighting;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Message;
import dev.sluice.it.storm.Snapshot.Resource;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.StoredObject;
import dev.sluice.it.storm.Snapshot.Sum;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker can fail: each fault, planted among the facts of a storm in which all went well, is found under its own invariant. */
class CheckerTest {
    @Test
    void findsNothingWhereAllIsWell() {
        assertThat(new Facts().violations()).isEmpty();
    }

    @Test
    void everyInvariantHasAFaultPlantedAgainstIt() {
        Set<Object> planted = faults().map(fault -> fault.get()[1]).collect(Collectors.toSet());

        assertThat(planted).containsExactlyInAnyOrder((Object[]) Invariant.values());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void names(String fault, Invariant invariant, String what, Consumer<Facts> plant) {
        Facts facts = new Facts();

        plant.accept(facts);

        assertThat(facts.violations()).as(fault).isNotEmpty().allSatisfy(violation -> {
            assertThat(violation.invariant()).as("%s", violation).isEqualTo(invariant);
            assertThat(violation.what()).isEqualTo(what);
        });
    }

    static Stream<Arguments> faults() {
        return Stream.of(acknowledged(), unheard(), invented(), doubled(), refused(), unresolved(), left(), foreign())
                .flatMap(some -> some);
    }

    private static Stream<Arguments> acknowledged() {
        return Stream.of(
                fault(
                        "an acknowledged object is missing",
                        Invariant.I1,
                        "its object is missing",
                        f -> f.objects.remove(f.key(f.acknowledged))),
                fault(
                        "a byte is flipped",
                        Invariant.I1,
                        "its object is another",
                        f -> f.objects.put(
                                f.key(f.acknowledged),
                                new StoredObject(
                                        f.acknowledged.payload().size(),
                                        f.silent.payload().sha256()))),
                fault(
                        "an acknowledged upload has expired",
                        Invariant.I1,
                        "acknowledged and not completed",
                        f -> forget(f, f.acknowledged, "expired")),
                fault("a 202 is not kept", Invariant.I1, "acknowledged and nowhere", f -> erase(f, f.foreign)),
                fault(
                        "a second job of one kind",
                        Invariant.I1,
                        "not one job of each kind",
                        f -> f.jobs.add(job(f, f.acknowledged, "again"))),
                fault(
                        "a job is dead",
                        Invariant.I1,
                        "a job that has not succeeded",
                        f -> f.replaceJob(f.acknowledged, "verify", job -> state(job, "dead"))),
                fault(
                        "a command never ran",
                        Invariant.I1,
                        "a job that never ran",
                        f -> f.executions.remove(f.id(f.acknowledged))),
                fault(
                        "a callback never came",
                        Invariant.I1,
                        "no completion callback",
                        f -> f.callbacks.removeIf(one -> one.uploadId().equals(f.id(f.announced)))));
    }

    private static Stream<Arguments> unheard() {
        return Stream.of(
                fault(
                        "a completed object is missing",
                        Invariant.I2,
                        "its object is missing",
                        f -> f.objects.remove(f.key(f.silent))),
                fault(
                        "a completed row has another size",
                        Invariant.I2,
                        "its size is another",
                        f -> f.replaceRow(f.silent, f.row(f.silent, "completed", 19))),
                fault(
                        "an event is lost",
                        Invariant.I2,
                        "no completion event",
                        f -> f.events.removeIf(one -> one.uploadId().equals(f.id(f.silent)))));
    }

    private static Stream<Arguments> invented() {
        return Stream.of(
                fault(
                        "an object that nobody was told of",
                        Invariant.I3,
                        "an object that nobody was told of",
                        f -> f.objects.put("u/nobody's", f.sent(f.silent))),
                fault(
                        "one beside the uploads",
                        Invariant.I3,
                        "an object that nobody was told of",
                        f -> f.objects.put("incoming/nobody's", f.sent(f.silent))),
                fault(
                        "an object of an expired upload",
                        Invariant.I3,
                        "an object of an upload that failed",
                        f -> f.objects.put(f.key(f.expired), f.sent(f.expired))),
                fault(
                        "a row that nobody asked for",
                        Invariant.I3,
                        "a row that nobody asked for",
                        f -> f.rows.add(new Row("default", "id-9", "failed", "nobody's", "u/9", -1))),
                fault(
                        "a completion of an expired upload",
                        Invariant.I3,
                        "a completion of what is not completed",
                        f -> f.callbacks.add(f.completion("d-9", f.expired))),
                fault(
                        "a job of a failed upload",
                        Invariant.I3,
                        "a job of what is not completed",
                        f -> f.jobs.add(job(f, f.refused, "early"))));
    }

    private static Stream<Arguments> doubled() {
        return Stream.of(
                fault(
                        "a completion event comes twice",
                        Invariant.I4,
                        "more than one completion event",
                        f -> f.events.add(f.completion("again", f.acknowledged))),
                fault(
                        "a completion is called back under two ids",
                        Invariant.I4,
                        "more than one completion callback",
                        f -> f.callbacks.add(f.completion("again", f.silent))),
                fault(
                        "a job has two effects",
                        Invariant.I4,
                        "more than one effect of a job",
                        f -> f.replaceJob(
                                f.acknowledged,
                                "verify",
                                job -> new Job(
                                        job.viewer(),
                                        job.id(),
                                        job.uploadId(),
                                        job.kind(),
                                        job.state(),
                                        List.of("succeeded", "succeeded")))),
                fault(
                        "a command ran more often than it was tried",
                        Invariant.I4,
                        "more executions than attempts",
                        f -> f.executions.put(f.id(f.silent), 3L)),
                fault(
                        "a second row of one key",
                        Invariant.I4,
                        "more rows than asked for",
                        f -> f.rows.add(new Row("default", "id-9", "failed", f.acknowledged.name(), "u/9", -1))),
                fault(
                        "a second row of one object",
                        Invariant.I4,
                        "more than one row of an object",
                        CheckerTest::split));
    }

    private static Stream<Arguments> refused() {
        return Stream.of(
                fault(
                        "the object of a refused upload is left",
                        Invariant.I5,
                        "an object of an upload that failed",
                        f -> f.objects.put(f.key(f.refused), f.sent(f.refused))),
                fault(
                        "a refused upload is completed",
                        Invariant.I5,
                        "refused and completed",
                        f -> f.replaceRow(f.refused, f.row(f.refused, "completed", 30))),
                fault(
                        "a wrong digest is welcome",
                        Invariant.I5,
                        "accepted what cannot be",
                        f -> f.told(f.refused, new Entry(Outcome.OK, 201, "", Optional.of(f.id(f.refused))))));
    }

    private static Stream<Arguments> unresolved() {
        return Stream.of(
                fault(
                        "a key never gives an answer",
                        Invariant.I6,
                        "its key gives no final answer",
                        f -> f.told(f.acknowledged, Entry.silence("gone"))),
                fault(
                        "an upload is never settled",
                        Invariant.I6,
                        "still open",
                        f -> f.replaceRow(f.expired, f.row(f.expired, "receiving", -1))),
                fault(
                        "a promised outcome is nowhere",
                        Invariant.I6,
                        "promised an outcome that is nowhere",
                        f -> erase(f, f.expired)),
                fault(
                        "an answer that is none",
                        Invariant.I6,
                        "an answer that there is not",
                        f -> f.told(f.silent, new Entry(Outcome.UNKNOWN, 500, "internal-error", Optional.empty()))));
    }

    private static Stream<Arguments> left() {
        return Stream.of(
                fault(
                        "a multipart upload stays open",
                        Invariant.I7,
                        "an open multipart upload",
                        f -> f.multiparts.add("u/5")),
                fault(
                        "a quota's sum is wrong",
                        Invariant.I7,
                        "a sum that is none",
                        f -> f.sums.add(new Sum("quota", 11, 10))),
                fault(
                        "descriptors stay open",
                        Invariant.I9,
                        "not back",
                        f -> f.resources.add(new Resource("descriptors", 100, 111, 10))),
                fault(
                        "memory stays taken",
                        Invariant.I9,
                        "not back",
                        f -> f.resources.add(new Resource("heap", 5000, 6001, 1000))));
    }

    private static Stream<Arguments> foreign() {
        return Stream.of(
                fault(
                        "another owner's upload is listed",
                        Invariant.I8,
                        "a foreign row",
                        f -> f.rows.add(new Row(
                                "other",
                                f.id(f.silent),
                                "completed",
                                f.silent.name(),
                                f.key(f.silent),
                                f.silent.payload().size()))),
                fault(
                        "another owner's object is given out",
                        Invariant.I8,
                        "a foreign upload",
                        f -> f.sightings.add(new Sighting("default", "/objects/" + f.id(f.foreign), 307))),
                fault(
                        "another owner's event is told",
                        Invariant.I8,
                        "a foreign event",
                        f -> f.events.add(new Message("default", "e-id-4", "upload.completed", f.id(f.foreign)))));
    }

    private static Arguments fault(String name, Invariant invariant, String what, Consumer<Facts> plant) {
        return Arguments.of(name, invariant, what, plant);
    }

    /** Each of two tries has a row, and both rows have one key. */
    private static void split(Facts facts) {
        facts.told(facts.expired, Entry.silence("gone"), Entry.silence("gone"));
        facts.rows.add(new Row("default", "id-9", "expired", facts.expired.name(), facts.key(facts.expired), -1));
    }

    /** As if nothing had ever completed it, and the store had lost it too. */
    private static void forget(Facts facts, Operation operation, String state) {
        erase(facts, operation);
        facts.rows.add(facts.row(operation, state, -1));
    }

    private static void erase(Facts facts, Operation operation) {
        String id = facts.id(operation);
        facts.rows.removeIf(one -> one.id().equals(id));
        facts.objects.remove(facts.key(operation));
        facts.jobs.removeIf(one -> one.uploadId().equals(id));
        facts.events.removeIf(one -> one.uploadId().equals(id));
        facts.callbacks.removeIf(one -> one.uploadId().equals(id));
        facts.executions.remove(id);
    }

    private static Job job(Facts facts, Operation operation, String id) {
        return new Job(operation.owner(), id, facts.id(operation), "verify", "succeeded", List.of("succeeded"));
    }

    private static Job state(Job job, String state) {
        return new Job(job.viewer(), job.id(), job.uploadId(), job.kind(), state, List.of("crashed"));
    }
}
