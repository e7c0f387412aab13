package dev.sluice.it.storm;

import static dev.sluice.it.storm.CheckerTest.fault;

import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.StoredObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Faults of what is stored, completed and processed: I1 to I5. */
final class FaultsOfFiles {
    private FaultsOfFiles() {}

    static Stream<Arguments> all() {
        return Stream.of(acknowledged(), unheard(), invented(), doubled(), refused())
                .flatMap(some -> some);
    }

    private static Stream<Arguments> acknowledged() {
        return Stream.of(
                fault(
                        "an acknowledged object is missing",
                        Invariant.I1,
                        Finding.OBJECT_MISSING,
                        f -> f.objects.remove(f.key(f.acknowledged))),
                fault(
                        "a byte is flipped",
                        Invariant.I1,
                        Finding.OBJECT_DIFFERS,
                        f -> f.objects.put(
                                f.key(f.acknowledged),
                                new StoredObject(
                                        f.acknowledged.payload().size(),
                                        f.silent.payload().sha256()))),
                fault(
                        "an acknowledged upload has expired",
                        Invariant.I1,
                        Finding.NOT_COMPLETED,
                        f -> f.forget(f.acknowledged, "expired")),
                fault("a 202 is not kept", Invariant.I1, Finding.NOWHERE, f -> f.erase(f.foreign)),
                fault(
                        "a second job of one kind",
                        Invariant.I1,
                        Finding.WRONG_JOBS,
                        f -> f.jobs.add(job(f, f.acknowledged, "again"))),
                fault(
                        "a job is dead",
                        Invariant.I1,
                        Finding.JOB_NOT_SUCCEEDED,
                        f -> f.replaceJob(f.acknowledged, "verify", job -> state(job, "dead"))),
                fault(
                        "a command never ran",
                        Invariant.I1,
                        Finding.JOB_NEVER_RAN,
                        f -> f.executions.remove(f.id(f.acknowledged))),
                fault(
                        "a callback never came",
                        Invariant.I1,
                        Finding.NO_CALLBACK,
                        f -> f.callbacks.removeIf(one -> one.uploadId().equals(f.id(f.announced)))),
                fault(
                        "what a store announced has failed",
                        Invariant.I1,
                        Finding.NOT_COMPLETED,
                        f -> f.forget(f.notified, "failed")));
    }

    private static Stream<Arguments> unheard() {
        return Stream.of(
                fault(
                        "a completed object is missing",
                        Invariant.I2,
                        Finding.OBJECT_MISSING,
                        f -> f.objects.remove(f.key(f.silent))),
                fault(
                        "a completed row has another size",
                        Invariant.I2,
                        Finding.SIZE_DIFFERS,
                        f -> f.replaceRow(f.silent, f.row(f.silent, "completed", 19))),
                fault(
                        "an event is lost",
                        Invariant.I2,
                        Finding.NO_EVENT,
                        f -> f.events.removeIf(one -> one.uploadId().equals(f.id(f.silent)))));
    }

    private static Stream<Arguments> invented() {
        return Stream.of(
                fault(
                        "an object that nobody was told of",
                        Invariant.I3,
                        Finding.UNKNOWN_OBJECT,
                        f -> f.objects.put("u/nobody's", f.sent(f.silent))),
                fault(
                        "one beside the uploads",
                        Invariant.I3,
                        Finding.UNKNOWN_OBJECT,
                        f -> f.objects.put("incoming/nobody's", f.sent(f.silent))),
                fault(
                        "one under another prefix",
                        Invariant.I3,
                        Finding.UNKNOWN_OBJECT,
                        f -> f.objects.put("stray", f.sent(f.silent))),
                fault(
                        "one in another bucket",
                        Invariant.I3,
                        Finding.UNKNOWN_OBJECT,
                        f -> f.objects.put("/elsewhere/u/1", f.sent(f.silent))),
                fault(
                        "a part of what was put beside the uploads",
                        Invariant.I3,
                        Finding.UNSENT_OBJECT,
                        f -> f.objects.put(
                                f.key(f.torn),
                                new StoredObject(40, f.torn.payload().sha256()))),
                fault(
                        "an object of an expired upload",
                        Invariant.I3,
                        Finding.FAILED_OBJECT,
                        f -> f.objects.put(f.key(f.expired), f.sent(f.expired))),
                fault(
                        "a row that nobody asked for",
                        Invariant.I3,
                        Finding.UNASKED_ROW,
                        f -> f.rows.add(new Row("default", "id-9", "failed", "nobody's", "u/9", -1))),
                fault(
                        "a completion of an expired upload",
                        Invariant.I3,
                        Finding.UNFOUNDED_COMPLETION,
                        f -> f.callbacks.add(f.completion("d-9", f.expired))),
                fault(
                        "a job of a failed upload",
                        Invariant.I3,
                        Finding.UNFOUNDED_JOB,
                        f -> f.jobs.add(job(f, f.refused, "early"))));
    }

    private static Stream<Arguments> doubled() {
        return Stream.of(
                fault(
                        "a completion event comes twice",
                        Invariant.I4,
                        Finding.MORE_EVENTS,
                        f -> f.events.add(f.completion("again", f.acknowledged))),
                fault(
                        "a completion is called back under two ids",
                        Invariant.I4,
                        Finding.MORE_CALLBACKS,
                        f -> f.callbacks.add(f.completion("again", f.silent))),
                fault(
                        "a job has two effects",
                        Invariant.I4,
                        Finding.MORE_EFFECTS,
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
                        Finding.MORE_EXECUTIONS,
                        f -> f.executions.put(f.id(f.silent), 3L)),
                fault(
                        "a second row of one key",
                        Invariant.I4,
                        Finding.MORE_ROWS,
                        f -> f.rows.add(new Row("default", "id-9", "failed", f.acknowledged.name(), "u/9", -1))),
                fault("a second row of one object", Invariant.I4, Finding.MORE_ROWS_OF_OBJECT, FaultsOfFiles::split));
    }

    private static Stream<Arguments> refused() {
        return Stream.of(
                fault(
                        "the object of a refused upload is left",
                        Invariant.I5,
                        Finding.FAILED_OBJECT,
                        f -> f.objects.put(f.key(f.refused), f.sent(f.refused))),
                fault(
                        "a refused upload is completed",
                        Invariant.I5,
                        Finding.WRONGLY_COMPLETED,
                        f -> f.replaceRow(f.refused, f.row(f.refused, "completed", 30))),
                fault(
                        "a wrong digest is welcome",
                        Invariant.I5,
                        Finding.WRONGLY_ACCEPTED,
                        f -> f.told(f.refused, new Entry(Outcome.OK, 201, "", Optional.of(f.id(f.refused))))));
    }

    /** Each of two tries has a row, and both rows have one key. */
    private static void split(Facts facts) {
        facts.told(facts.expired, Entry.silence("gone"), Entry.silence("gone"));
        facts.rows.add(new Row("default", "id-9", "expired", facts.expired.name(), facts.key(facts.expired), -1));
    }

    private static Job job(Facts facts, Operation operation, String id) {
        return new Job(operation.owner(), id, facts.id(operation), "verify", "succeeded", List.of("succeeded"));
    }

    private static Job state(Job job, String state) {
        return new Job(job.viewer(), job.id(), job.uploadId(), job.kind(), state, List.of("crashed"));
    }
}
