package dev.sluice.it.storm;

import dev.sluice.it.Api;
import dev.sluice.it.Executions;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Bucket;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.Snapshot.Job;
import dev.sluice.it.storm.Snapshot.Message;
import dev.sluice.it.storm.Snapshot.Row;
import dev.sluice.it.storm.Snapshot.StoredObject;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Looks at one system from outside: its API as each owner sees it, the listing of its bucket, its callbacks, its processes. */
final class Observer {
    private static final List<String> OWNERS = List.of("default", "other");
    private static final Duration BREATH = Duration.ofMillis(100);
    private static final Duration GLANCES = Duration.ofMillis(500);

    private final Stack stack;
    private final Resources resources;
    private final Map<String, StoredObject> read = new HashMap<>();

    /** Keys that nobody writes to any more and that had no multipart uploads then. */
    private final Set<String> clean = new HashSet<>();

    /** The keys of all attempts that were ever seen. */
    private final Set<String> keys = ConcurrentHashMap.newKeySet();

    Observer(Stack stack) {
        this.stack = stack;
        this.resources = new Resources(stack);
    }

    /** From now on resources are compared with what they are now. */
    void rememberResources() {
        resources.remember();
    }

    /** The same, of processes that live on, until the next snapshot. */
    void rememberLives() {
        resources.rememberLives();
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
            List<JsonObject> rows = uploads();
            rows.stream()
                    .filter(row -> !Api.settled(row) || !row.isNull("check"))
                    .forEach(row -> left.add(row.toString()));
            Set<String> apart = new TreeSet<>(completedKeys(rows));
            stack.bucket().keys(stack.keyPrefix()).stream()
                    .filter(key -> !apart.remove(key))
                    .forEach(key -> left.add("an object that is not completed: " + key));
            apart.forEach(key -> left.add("an object that is missing: " + key));
            multiparts().forEach(key -> left.add("an open multipart upload: " + key));
            if (left.isEmpty()) {
                Set<String> doubtful = new TreeSet<>(keys);
                doubtful.removeAll(clean);
                multiparts(doubtful).forEach(key -> left.add("an open multipart upload: " + key));
                clean.addAll(left.isEmpty() ? doubtful : Set.of());
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

    /** @param everything whether objects that were read before are read again, and the keys of all attempts asked for multipart uploads */
    Snapshot snapshot(boolean everything) {
        if (everything) {
            read.clear();
        }
        List<Row> rows = new ArrayList<>();
        List<Job> jobs = new ArrayList<>();
        List<Message> events = new ArrayList<>();
        List<String> deliveries = new ArrayList<>();
        for (String owner : OWNERS) {
            Api api = new Api(stack, owner);
            api.uploads().forEach(row -> {
                rows.add(row(owner, row));
                deliveries.addAll(deliveries(row));
            });
            api.jobs().forEach(job -> jobs.add(job(owner, job)));
            api.events().forEach(event -> events.add(event(owner, event)));
        }
        Map<String, StoredObject> objects = objects();
        Set<String> open = multiparts();
        if (everything) {
            open.addAll(multiparts(keys));
        }
        return new Snapshot(
                stack.keyPrefix(),
                objects,
                open,
                rows,
                jobs,
                events,
                stack.receiver().received().stream().map(Observer::callback).toList(),
                new Executions(stack).byUpload(),
                new Sums(stack, rows, jobs, deliveries).compared(objects),
                resources.measured());
    }

    /** Sees what attempts there are while something is done, as far as somebody answers. */
    void glanceWhile(Runnable action) {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> watch = beside.submit(() -> glances(over));
            try {
                action.run();
            } finally {
                over.set(true);
            }
            if (Futures.result(watch) == 0) {
                throw new IllegalStateException("not one look at the uploads was answered");
            }
        }
    }

    /** How many were answered. */
    private int glances(AtomicBoolean over) {
        int answered = glance();
        while (!over.get()) {
            Await.pass(GLANCES);
            answered += glance();
        }
        return answered;
    }

    private int glance() {
        int answered = 0;
        for (String owner : OWNERS) {
            try {
                remember(new Api(stack, owner).newestUploads());
                answered++;
            } catch (UncheckedIOException | IllegalStateException away) {
                // the next glance sees them, unless they are superseded by then
            }
        }
        return answered;
    }

    private List<JsonObject> uploads() {
        List<JsonObject> rows = OWNERS.stream()
                .flatMap(owner -> new Api(stack, owner).uploads().stream())
                .toList();
        remember(rows);
        return rows;
    }

    /** The listing of the whole store where it is this system's alone, and each object's bytes as the store gives them out. */
    private Map<String, StoredObject> objects() {
        Map<String, StoredObject> objects = new HashMap<>();
        for (String prefix : alone() ? List.of("") : List.of(stack.keyPrefix(), stack.foreignKey(""))) {
            stack.bucket().sizes(prefix).forEach((key, size) -> objects.put(key, object(key, size)));
        }
        for (Bucket other : others()) {
            other.sizes("").forEach((key, size) -> objects.put(within(other, key), new StoredObject(size, "")));
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

    private boolean alone() {
        return stack.store().isPresent();
    }

    private List<Bucket> others() {
        return alone() ? stack.bucket().others() : List.of();
    }

    /** No key of ours begins so. */
    private static String within(Bucket other, String key) {
        return "/" + other.name() + "/" + key;
    }

    /** In the whole store where it is this system's alone. */
    private Set<String> multiparts() {
        Set<String> open = new TreeSet<>(stack.bucket().multiparts(""));
        open.removeIf(key -> !alone() && !key.startsWith(stack.keyPrefix()));
        for (Bucket other : others()) {
            other.multiparts("").forEach(key -> open.add(within(other, key)));
        }
        return open;
    }

    /** The same of each of these keys by itself: a store may answer for whole keys only. */
    private Set<String> multiparts(Set<String> some) {
        return some.stream()
                .flatMap(key -> stack.bucket().multiparts(key).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Of an attempt that a later one has superseded, the row does not tell the key any more; that of the first ends in the upload's id. */
    private void remember(List<JsonObject> rows) {
        for (JsonObject row : rows) {
            String key = row.getString("key");
            if (key.startsWith(stack.keyPrefix())) {
                keys.add(key);
                keys.add(key.substring(0, key.lastIndexOf('/') + 1) + row.getString("upload_id"));
            }
        }
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

    private static List<String> deliveries(JsonObject row) {
        return row.getJsonArray("deliveries").getValuesAs(JsonObject.class).stream()
                .map(delivery -> delivery.getString("state"))
                .toList();
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
