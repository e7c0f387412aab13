package dev.sluice.it.storm;

import dev.sluice.it.Payload;
import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.History.Sighting;
import dev.sluice.it.storm.History.Told;
import dev.sluice.it.storm.Operation.Conduct;
import dev.sluice.it.storm.Operation.Digest;
import dev.sluice.it.storm.Operation.Kind;
import dev.sluice.it.storm.Operation.Shape;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Message;
import dev.sluice.it.storm.Snapshot.Resource;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.StoredObject;
import dev.sluice.it.storm.Snapshot.Sum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The facts of a small storm in which all went well, to be changed: one operation of each end that there is. */
final class Facts {
    static final long LIMIT = 1000;

    final List<Told> history = new ArrayList<>();
    final List<Sighting> sightings = new ArrayList<>();
    final Map<String, StoredObject> objects = new HashMap<>();
    final Set<String> multiparts = new HashSet<>();
    final List<Row> rows = new ArrayList<>();
    final List<Job> jobs = new ArrayList<>();
    final List<Message> events = new ArrayList<>();
    final List<Message> callbacks = new ArrayList<>();
    final Map<String, Long> executions = new HashMap<>();
    final List<Sum> sums = new ArrayList<>();
    final List<Resource> resources = new ArrayList<>();

    final Operation acknowledged = upload(1, "default", Optional.of("k"), Digest.RIGHT);
    final Operation silent = upload(2, "default", Optional.empty(), Digest.NONE);
    final Operation refused = upload(3, "default", Optional.empty(), Digest.WRONG);
    final Operation foreign = upload(4, "other", Optional.of("k"), Digest.NONE);
    final Operation expired = upload(5, "default", Optional.empty(), Digest.NONE);
    final Operation announced = new Operation(
            6, "default", "incoming/o-6", new Payload(6, 60), shape(Kind.ANNOUNCEMENT, Optional.empty(), Digest.NONE));

    final Operation notified = new Operation(
            7, "default", "incoming/o-7", new Payload(7, 70), shape(Kind.NOTIFICATION, Optional.empty(), Digest.NONE));

    /** Whoever put it does not know whether it got there. */
    final Operation torn = new Operation(
            8, "default", "incoming/o-8", new Payload(8, 80), shape(Kind.ANNOUNCEMENT, Optional.empty(), Digest.NONE));

    Facts() {
        told(acknowledged, Entry.silence("gone"), new Entry(Outcome.OK, 201, "", Optional.of("id-1")));
        told(silent, Entry.silence("gone"));
        told(refused, new Entry(Outcome.FAIL, 422, "digest-mismatch", Optional.empty()));
        told(foreign, new Entry(Outcome.OK, 202, "", Optional.of("id-4")));
        told(expired, new Entry(Outcome.UNKNOWN, 503, "outcome-unknown", Optional.of("id-5")));
        told(announced, new Entry(Outcome.OK, 200, "announced", Optional.of("id-6")));
        told(notified, new Entry(Outcome.OK, 200, "announced", Optional.empty()));
        told(torn, new Entry(Outcome.UNKNOWN, 200, "announced", Optional.of("id-8")));
        List.of(acknowledged, silent, foreign, announced, notified).forEach(this::complete);
        rows.add(row(refused, "failed", -1));
        rows.add(row(expired, "expired", -1));
        rows.add(row(torn, "failed", -1));
        sightings.add(new Sighting("other", "/uploads/id-1", 404));
        sums.add(new Sum("bytes", 10, 10));
        resources.add(new Resource("descriptors", 100, 110, 10));
        resources.add(new Resource("heap", 5000, 5900, 1000));
    }

    List<Violation> violations() {
        Snapshot snapshot =
                new Snapshot("u/", objects, multiparts, rows, jobs, events, callbacks, executions, sums, resources);
        return Checker.check(history, sightings, snapshot, LIMIT);
    }

    String key(Operation operation) {
        return operation.kind() == Kind.UPLOAD ? "u/" + operation.number() : operation.name();
    }

    String id(Operation operation) {
        return "id-" + operation.number();
    }

    StoredObject sent(Operation operation) {
        return new StoredObject(operation.payload().size(), operation.payload().sha256());
    }

    Row row(Operation operation, String state, long size) {
        return new Row(operation.owner(), id(operation), state, operation.name(), key(operation), size);
    }

    Message completion(String messageId, Operation operation) {
        return new Message(operation.owner(), messageId, "upload.completed", id(operation));
    }

    void replaceRow(Operation operation, Row row) {
        rows.removeIf(one -> one.id().equals(id(operation)));
        rows.add(row);
    }

    void replaceJob(Operation operation, String kind, UnaryOperator<Job> change) {
        jobs.replaceAll(
                job -> job.uploadId().equals(id(operation)) && job.kind().equals(kind) ? change.apply(job) : job);
    }

    /** The operation heard this instead of what it heard. */
    void told(Operation operation, Entry... entries) {
        history.removeIf(told -> told.operation().equals(operation));
        history.add(new Told(operation, List.of(entries)));
    }

    /** As if nothing had ever completed it, and the store had lost it too. */
    void forget(Operation operation, String state) {
        erase(operation);
        rows.add(row(operation, state, -1));
    }

    void erase(Operation operation) {
        String id = id(operation);
        rows.removeIf(one -> one.id().equals(id));
        objects.remove(key(operation));
        jobs.removeIf(one -> one.uploadId().equals(id));
        events.removeIf(one -> one.uploadId().equals(id));
        callbacks.removeIf(one -> one.uploadId().equals(id));
        executions.remove(id);
    }

    private void complete(Operation operation) {
        String id = id(operation);
        objects.put(key(operation), sent(operation));
        rows.add(row(operation, "completed", operation.payload().size()));
        jobs.add(new Job(operation.owner(), "v-" + id, id, "verify", "succeeded", List.of("crashed", "succeeded")));
        if (operation.kind() == Kind.UPLOAD) {
            jobs.add(new Job(operation.owner(), "c-" + id, id, "count", "succeeded", List.of("lost", "succeeded")));
            executions.put(id, 2L);
        }
        events.add(completion("e-" + id, operation));
        // a callback may come twice, with one id
        callbacks.add(completion("d-" + id, operation));
        callbacks.add(completion("d-" + id, operation));
    }

    private static Operation upload(int number, String owner, Optional<String> key, Digest digest) {
        return new Operation(
                number, owner, number + "-file", new Payload(number, 10L * number), shape(Kind.UPLOAD, key, digest));
    }

    private static Shape shape(Kind kind, Optional<String> key, Digest digest) {
        return new Shape(kind, false, false, true, key, digest, Conduct.STEADY);
    }
}
