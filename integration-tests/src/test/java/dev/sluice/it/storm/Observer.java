package dev.sluice.it.storm;

import dev.sluice.it.Api;
import dev.sluice.it.Executions;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Message;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.StoredObject;
import dev.sluice.it.storm.Snapshot.Sum;
import jakarta.json.JsonObject;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at one system from outside: its API as each owner sees it, the listing of its bucket, its callbacks, its processes. */
final class Observer {
    private static final List<String> OWNERS = List.of("default", "other");
    private static final Duration BREATH = Duration.ofMillis(100);

    private final Stack stack;
    private final Resources resources;
    private final Map<String, StoredObject> read = new HashMap<>();

    /** Keys that nobody writes to any more and that had no multipart uploads then. */
    private final Set<String> clean = new HashSet<>();

    Observer(Stack stack) {
        this.stack = stack;
        this.resources = new Resources(stack);
    }

    /** From now on resources are compared with what they are now. */
    void rememberResources() {
        resources.remember();
    }

    /** Waits until nobody has anything left to do. Returns what somebody still has to do when the time is over. */
    List<String> awaitSettled(Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        while (true) {
            List<String> left = left();
            if (left.isEmpty() || System.nanoTime() > end) {
                return left;
            }
            Await.pass(BREATH);
        }
    }

    private List<String> left() {
        List<String> left = new ArrayList<>();
        try {
            Metrics gateway = Metrics.of(stack.gatewayHealthUrl());
            for (String gauge : List.of("sluice_gateway_open_uploads", "sluice_gateway_pending_reports")) {
                if (gateway.value(gauge) > 0) {
                    left.add(gauge + " " + gateway.value(gauge));
                }
            }
            List<JsonObject> rows = uploads().toList();
            rows.stream()
                    .filter(row -> !Api.settled(row) || !row.isNull("check"))
                    .forEach(row -> left.add(row.toString()));
            Set<String> apart = new TreeSet<>(completedKeys(rows));
            stack.bucket().keys(stack.keyPrefix()).stream()
                    .filter(key -> !apart.remove(key))
                    .forEach(key -> left.add("an object that is not completed: " + key));
            apart.forEach(key -> left.add("an object that is missing: " + key));
            multiparts(rows).forEach(key -> left.add("an open multipart upload: " + key));
            if (left.isEmpty()) {
                rows.forEach(row -> clean.add(row.getString("key")));
            }
        } catch (UncheckedIOException | IllegalStateException unanswered) {
            left.add(unanswered.toString());
        }
        return left;
    }

    private Set<String> completedKeys(List<JsonObject> rows) {
        return rows.stream()
                .filter(row -> row.getString("state").equals("completed"))
                .map(row -> row.getString("key"))
                .filter(key -> key.startsWith(stack.keyPrefix()))
                .collect(Collectors.toSet());
    }

    /** @param everything whether objects that were read before are read again */
    Snapshot snapshot(boolean everything) {
        if (everything) {
            read.clear();
        }
        List<JsonObject> views = uploads().toList();
        List<Row> rows = new ArrayList<>();
        List<Job> jobs = new ArrayList<>();
        List<Message> events = new ArrayList<>();
        for (String owner : OWNERS) {
            Api api = new Api(stack, owner);
            api.uploads().forEach(row -> rows.add(row(owner, row)));
            api.jobs().forEach(job -> jobs.add(job(owner, job)));
            api.events().forEach(event -> events.add(event(owner, event)));
        }
        Map<String, StoredObject> objects = objects();
        return new Snapshot(
                stack.keyPrefix(),
                objects,
                multiparts(views),
                rows,
                jobs,
                events,
                stack.receiver().received().stream().map(Observer::callback).toList(),
                new Executions(stack).byUpload(),
                sums(rows, jobs, objects),
                resources.measured());
    }

    private Stream<JsonObject> uploads() {
        return OWNERS.stream().flatMap(owner -> new Api(stack, owner).uploads().stream());
    }

    /** The listing, and each object's bytes as the store gives them out. */
    private Map<String, StoredObject> objects() {
        Map<String, StoredObject> objects = new HashMap<>();
        for (String prefix : List.of(stack.keyPrefix(), stack.foreignKey(""))) {
            stack.bucket().sizes(prefix).forEach((key, size) -> objects.put(key, object(key, size)));
        }
        return objects;
    }

    private StoredObject object(String key, long size) {
        StoredObject known = read.get(key);
        if (known == null || known.size() != size) {
            known = new StoredObject(size, stack.bucket().sha256(key));
            read.put(key, known);
        }
        return known;
    }

    /** In the whole bucket, and of each key by itself: a store may answer for whole keys only. */
    private Set<String> multiparts(List<JsonObject> rows) {
        Set<String> open = new TreeSet<>(stack.bucket().multiparts(""));
        open.removeIf(key -> !key.startsWith(stack.keyPrefix()));
        rows.stream()
                .filter(row -> !row.getString("state").equals("completed"))
                .map(row -> row.getString("key"))
                .filter(key -> key.startsWith(stack.keyPrefix()) && !clean.contains(key))
                .forEach(key -> open.addAll(stack.bucket().multiparts(key)));
        return open;
    }

    private List<Sum> sums(List<Row> rows, List<Job> jobs, Map<String, StoredObject> objects) {
        List<Sum> sums = new ArrayList<>();
        List<Row> own = rows.stream()
                .filter(row -> row.completed() && row.key().startsWith(stack.keyPrefix()))
                .toList();
        sums.add(new Sum(
                "bytes of completed uploads",
                own.stream().mapToLong(Row::size).sum(),
                objects.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(stack.keyPrefix()))
                        .mapToLong(entry -> entry.getValue().size())
                        .sum()));
        Metrics metrics = Metrics.of(stack.internalUrl());
        rows.stream()
                .collect(Collectors.groupingBy(Row::state, Collectors.counting()))
                .forEach((state, count) ->
                        sums.add(new Sum(state, metrics.value("sluice_uploads{state=\"" + state + "\"}"), count)));
        for (String kind : Set.of("verify", "count")) {
            long counted = jobs.stream()
                    .filter(job -> job.kind().equals(kind) && job.state().equals("succeeded"))
                    .count();
            sums.add(new Sum(
                    kind + " succeeded",
                    metrics.value("sluice_jobs{kind=\"" + kind + "\",state=\"succeeded\"}"),
                    counted));
        }
        return sums;
    }

    private static Row row(String viewer, JsonObject row) {
        return new Row(
                viewer,
                row.getString("upload_id"),
                row.getString("state"),
                row.isNull("filename") ? row.getString("key") : row.getString("filename"),
                row.getString("key"),
                row.isNull("size") ? -1 : row.getJsonNumber("size").longValue());
    }

    private static Job job(String viewer, JsonObject job) {
        return new Job(
                viewer,
                job.getString("job_id"),
                job.getString("upload_id"),
                job.getString("kind"),
                job.getString("state"),
                job.getJsonArray("attempts").getValuesAs(JsonObject.class).stream()
                        .map(attempt -> attempt.getString("outcome"))
                        .toList());
    }

    private static Message event(String viewer, JsonObject event) {
        return new Message(
                viewer, event.getJsonNumber("seq").toString(), event.getString("type"), event.getString("upload_id"));
    }

    private static Message callback(Received callback) {
        return new Message("", callback.id(), callback.type(), callback.uploadId());
    }
}
