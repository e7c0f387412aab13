package dev.sluice.it.storm;

import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.History.Sighting;
import dev.sluice.it.storm.History.Told;
import dev.sluice.it.storm.Operation.Conduct;
import dev.sluice.it.storm.Operation.Kind;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Message;
import dev.sluice.it.storm.Snapshot.Resource;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.StoredObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares one history with one snapshot and names every invariant that does not hold, each fault under one invariant. */
final class Checker {
    private static final String COMPLETION = "upload.completed";

    /** The store of a storm never refuses for good, and what nginx says of a part that is not there is 503. */
    private static final Set<Integer> NEVER = Set.of(429, 500, 502, 504);

    /** Not there, or nobody to ask: 403 would tell that it is. */
    private static final Set<Integer> UNSEEN = Set.of(0, 404, 503);

    private final List<Sighting> sightings;
    private final Snapshot snapshot;
    private final long limit;
    private final Map<String, Told> byName;
    private final Map<String, List<Row>> rowsByName;
    private final Map<String, List<Row>> rowsByKey;
    private final Map<String, Row> rowsById = new HashMap<>();
    private final Map<String, List<Job>> jobsByUpload;
    private final Map<String, Set<String>> completionEvents;
    private final Map<String, Set<String>> completionCallbacks;
    private final List<Violation> violations = new ArrayList<>();

    private Checker(List<Told> history, List<Sighting> sightings, Snapshot snapshot, long limit) {
        this.sightings = sightings;
        this.snapshot = snapshot;
        this.limit = limit;
        byName = history.stream()
                .collect(Collectors.toMap(told -> told.operation().name(), told -> told));
        rowsByName = snapshot.rows().stream().collect(Collectors.groupingBy(Row::name));
        rowsByKey = snapshot.rows().stream().collect(Collectors.groupingBy(Row::key));
        snapshot.rows().forEach(row -> rowsById.put(row.id(), row));
        jobsByUpload = snapshot.jobs().stream().collect(Collectors.groupingBy(Job::uploadId));
        completionEvents = completions(snapshot.events());
        completionCallbacks = completions(snapshot.callbacks());
    }

    /** @param limit the largest upload in bytes */
    static List<Violation> check(List<Told> history, List<Sighting> sightings, Snapshot snapshot, long limit) {
        Checker checker = new Checker(history, sightings, snapshot, limit);
        history.forEach(checker::checkOperation);
        checker.snapshot.rows().forEach(checker::checkRow);
        checker.checkObjects();
        checker.checkMessages();
        checker.checkJobs();
        checker.checkOwners();
        checker.checkLeftovers();
        return List.copyOf(checker.violations);
    }

    private void checkOperation(Told told) {
        told.entries().forEach(entry -> checkEntry(told, entry));
        Operation operation = told.operation();
        Set<String> rows = rows(told).stream().map(Row::id).collect(Collectors.toSet());
        boolean one = operation.key().isPresent() || operation.kind() != Kind.UPLOAD;
        if (rows.size() > (one ? 1 : told.entries().size())) {
            add(Invariant.I4, Finding.MORE_ROWS, operation + " has " + rows);
        }
        boolean mustEnd = operation.key().isPresent() && operation.acceptable(limit) && !told.any(Outcome.OK);
        if (mustEnd && !told.entries().isEmpty()) {
            add(Invariant.I6, Finding.NO_FINAL_ANSWER, operation + " heard " + told.entries());
        }
        boolean inOrder = operation.shape().conduct() != Conduct.TWICE_AT_ONCE;
        if (operation.key().isPresent() && inOrder && takesBack(told.entries())) {
            add(Invariant.I6, Finding.OTHER_ANSWER, operation + " heard " + told.entries());
        }
    }

    /** Whether a receipt was followed by less; that it names the same upload is told by the rows. */
    private static boolean takesBack(List<Entry> entries) {
        return entries.stream()
                .map(Entry::status)
                .dropWhile(status -> status != 201)
                .anyMatch(status -> status == 202 || status == 409);
    }

    private void checkEntry(Told told, Entry entry) {
        String where = told.operation() + " heard " + entry;
        if (entry.outcome() == Outcome.OK && !told.operation().acceptable(limit)) {
            add(Invariant.I5, Finding.WRONGLY_ACCEPTED, where);
            return;
        }
        checkAnswer(told.operation(), entry, where);
        if (entry.outcome() == Outcome.OK && entry.uploadId().isEmpty()) {
            if (rows(told).stream().noneMatch(Row::completed)) {
                add(Invariant.I1, Finding.NOT_COMPLETED, where);
            }
            return;
        }
        if (entry.uploadId().isEmpty()) {
            return;
        }
        Row row = rowsById.get(entry.uploadId().get());
        if (row == null || !row.name().equals(told.operation().name())) {
            boolean acknowledged = entry.outcome() == Outcome.OK;
            add(
                    acknowledged ? Invariant.I1 : Invariant.I6,
                    acknowledged ? Finding.NOWHERE : Finding.OUTCOME_NOWHERE,
                    where + ", row " + row);
        } else if (entry.outcome() == Outcome.OK && !row.completed()) {
            add(Invariant.I1, Finding.NOT_COMPLETED, where + ", row " + row);
        }
    }

    /** What cannot be taken now is 503 or 409: whoever is told another 4xx gives up. */
    private void checkAnswer(Operation operation, Entry entry, String where) {
        int status = entry.status();
        if (NEVER.contains(status)) {
            add(Invariant.I6, Finding.NO_SUCH_ANSWER, where);
        } else if (status >= 400 && entry.code().isEmpty()) {
            add(Invariant.I6, Finding.NO_CODE, where);
        } else if (status >= 400
                && status < 500
                && status != 409
                && operation.acceptable(limit)
                && operation.shape().conduct().endsBody()) {
            add(Invariant.I6, Finding.WRONGLY_REFUSED, where);
        }
    }

    private void checkRow(Row row) {
        Told told = byName.get(row.name());
        if (told == null) {
            add(Invariant.I3, Finding.UNASKED_ROW, row.toString());
            return;
        }
        if (row.open()) {
            add(Invariant.I6, Finding.STILL_OPEN, row + " of " + told);
        }
        if (row.completed()) {
            checkCompleted(row, told);
        }
    }

    private void checkCompleted(Row row, Told told) {
        Operation operation = told.operation();
        String where = row + " of " + told;
        if (!operation.acceptable(limit) || told.refused()) {
            add(Invariant.I5, Finding.WRONGLY_COMPLETED, where);
            return;
        }
        Invariant invariant = told.any(Outcome.OK) ? Invariant.I1 : Invariant.I2;
        StoredObject object = snapshot.objects().get(row.key());
        if (object == null) {
            add(invariant, Finding.OBJECT_MISSING, where);
        } else if (!object.equals(sent(operation))) {
            add(invariant, Finding.OBJECT_DIFFERS, where + ", found " + object);
        }
        if (row.size() != operation.payload().size()) {
            add(invariant, Finding.SIZE_DIFFERS, where);
        }
        Set<String> kinds = operation.shape().counted() && operation.kind() == Kind.UPLOAD
                ? Set.of("count", "verify")
                : Set.of("verify");
        checkJobs(row, kinds, invariant, where);
        Set<String> events = completionEvents.getOrDefault(row.id(), Set.of());
        Set<String> callbacks = completionCallbacks.getOrDefault(row.id(), Set.of());
        if (events.isEmpty()) {
            add(invariant, Finding.NO_EVENT, where);
        } else if (events.size() > 1) {
            add(Invariant.I4, Finding.MORE_EVENTS, where + ", " + events);
        }
        if (callbacks.isEmpty()) {
            add(invariant, Finding.NO_CALLBACK, where);
        } else if (callbacks.size() > 1) {
            add(Invariant.I4, Finding.MORE_CALLBACKS, where + ", " + callbacks);
        }
    }

    private void checkJobs(Row row, Set<String> expected, Invariant invariant, String where) {
        List<Job> jobs = jobsByUpload.getOrDefault(row.id(), List.of());
        List<String> kinds = jobs.stream().map(Job::kind).sorted().toList();
        if (!kinds.equals(expected.stream().sorted().toList())) {
            add(invariant, Finding.WRONG_JOBS, where + ", jobs " + jobs);
        }
        jobs.stream()
                .filter(job -> !job.state().equals("succeeded"))
                .forEach(job -> add(invariant, Finding.JOB_NOT_SUCCEEDED, where + ", " + job));
        if (expected.contains("count") && snapshot.executions().getOrDefault(row.id(), 0L) == 0) {
            add(invariant, Finding.JOB_NEVER_RAN, where);
        }
    }

    private void checkObjects() {
        rowsByKey.forEach((key, rows) -> {
            if (rows.stream().map(Row::id).distinct().count() > 1) {
                add(Invariant.I4, Finding.MORE_ROWS_OF_OBJECT, key + " has " + rows);
            }
        });
        snapshot.objects().forEach(this::checkObject);
    }

    /** Beyond our prefix an object is its client's own affair, but for its bytes. */
    private void checkObject(String key, StoredObject object) {
        List<Row> rows = rowsByKey.getOrDefault(key, List.of());
        if (!key.startsWith(snapshot.keyPrefix())) {
            Told told = byName.get(key);
            if (told == null) {
                add(Invariant.I3, Finding.UNKNOWN_OBJECT, key);
            } else if (rows.stream().noneMatch(Row::completed) && !object.equals(sent(told.operation()))) {
                add(Invariant.I3, Finding.UNSENT_OBJECT, key + " of " + told + " is " + object);
            }
            return;
        }
        if (rows.isEmpty()) {
            add(Invariant.I3, Finding.UNKNOWN_OBJECT, key);
        } else if (rows.stream().noneMatch(Row::completed)) {
            Told told = byName.get(rows.getFirst().name());
            boolean refused =
                    told != null && (told.refused() || !told.operation().acceptable(limit));
            add(refused ? Invariant.I5 : Invariant.I3, Finding.FAILED_OBJECT, key + " of " + told);
        }
    }

    private void checkMessages() {
        for (Map<String, Set<String>> completions : List.of(completionEvents, completionCallbacks)) {
            completions.keySet().stream()
                    .filter(id -> !rowsById.containsKey(id) || !rowsById.get(id).completed())
                    .forEach(id -> add(Invariant.I3, Finding.UNFOUNDED_COMPLETION, id));
        }
    }

    private void checkJobs() {
        Map<String, Long> attempts = new HashMap<>();
        for (Job job : snapshot.jobs()) {
            Row row = rowsById.get(job.uploadId());
            if (row == null || !row.completed()) {
                add(Invariant.I3, Finding.UNFOUNDED_JOB, job + " of " + row);
            }
            if (job.outcomes().stream().filter("succeeded"::equals).count() > 1) {
                add(Invariant.I4, Finding.MORE_EFFECTS, job.toString());
            }
            if (job.kind().equals("count")) {
                attempts.merge(job.uploadId(), (long) job.outcomes().size(), Long::sum);
            }
        }
        snapshot.executions().forEach((id, count) -> {
            if (count > attempts.getOrDefault(id, 0L)) {
                add(Invariant.I4, Finding.MORE_EXECUTIONS, id + ": " + count);
            }
        });
    }

    private void checkOwners() {
        snapshot.rows().stream()
                .filter(row -> foreign(row.viewer(), row))
                .forEach(row -> add(Invariant.I8, Finding.FOREIGN_ROW, row.toString()));
        List<Message> events = snapshot.events();
        events.stream()
                .filter(event -> foreign(event.viewer(), event.uploadId()))
                .forEach(event -> add(Invariant.I8, Finding.FOREIGN_EVENT, event.toString()));
        snapshot.jobs().stream()
                .filter(job -> foreign(job.viewer(), job.uploadId()))
                .forEach(job -> add(Invariant.I8, Finding.FOREIGN_JOB, job.toString()));
        sightings.stream()
                .filter(seen -> !UNSEEN.contains(seen.status()))
                .forEach(seen -> add(Invariant.I8, Finding.FOREIGN_UPLOAD, seen.toString()));
    }

    private void checkLeftovers() {
        snapshot.multiparts().forEach(key -> add(Invariant.I7, Finding.OPEN_MULTIPART, key));
        snapshot.sums().stream()
                .filter(sum -> sum.kept() != sum.counted())
                .forEach(sum -> add(Invariant.I7, Finding.WRONG_SUM, sum.toString()));
        snapshot.resources().stream()
                .filter(Resource::exceeded)
                .forEach(one -> add(Invariant.I9, Finding.NOT_BACK, one.toString()));
    }

    private boolean foreign(String viewer, String uploadId) {
        Row row = rowsById.get(uploadId);
        return row != null && foreign(viewer, row);
    }

    /** Whether the operation that the row came of is another owner's. */
    private boolean foreign(String viewer, Row row) {
        Told told = byName.get(row.name());
        return told != null && !told.operation().owner().equals(viewer);
    }

    private List<Row> rows(Told told) {
        return rowsByName.getOrDefault(told.operation().name(), List.of());
    }

    private void add(Invariant invariant, Finding what, String where) {
        violations.add(new Violation(invariant, what, where));
    }

    private static StoredObject sent(Operation operation) {
        return new StoredObject(operation.payload().size(), Digests.of(operation.payload()));
    }

    /** The ids of the completions of each upload: an event has one for each time, a callback keeps its own over repetitions. */
    private static Map<String, Set<String>> completions(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.type().equals(COMPLETION))
                .collect(Collectors.groupingBy(Message::uploadId, Collectors.mapping(Message::id, Collectors.toSet())));
    }
}
