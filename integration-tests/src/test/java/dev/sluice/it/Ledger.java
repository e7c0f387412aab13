package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.Evidence.Told;
import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** What clients sent to one system and what they were told; checks that the system keeps every promise it made. Thread-safe. */
public final class Ledger {
    private static final Duration BREATH = Duration.ofMillis(250);

    private final Stack stack;
    private final Map<String, Sending> sendings = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Told> told = new ConcurrentLinkedQueue<>();

    public Ledger(Stack stack) {
        this.stack = stack;
    }

    /** Sends on this thread and writes down what came of it; empty: the connection ended without an answer. */
    public Optional<Answer> send(Sending sending) {
        sendings.put(sending.filename(), sending);
        Optional<Answer> answer = sending.trySend(stack);
        answer.ifPresent(one -> told.add(new Told(sending, one)));
        return answer;
    }

    /** The same of a client who leaves when no answer has come by then. */
    public Optional<Answer> sendWithin(Sending sending, Duration patience) {
        sendings.put(sending.filename(), sending);
        Optional<Answer> answer = sending.sendWithin(stack, patience);
        answer.ifPresent(one -> told.add(new Told(sending, one)));
        return answer;
    }

    /** Writes down an upload that the test carries out itself. */
    public void expect(Sending sending) {
        sendings.put(sending.filename(), sending);
    }

    /** Writes down what a client of such an upload was told. */
    public void heard(Sending sending, Answer answer) {
        told.add(new Told(sending, answer));
    }

    /** Sends all at the same time, runs the action meanwhile, and returns when every client has ended. */
    public List<Optional<Answer>> sendAll(List<Sending> all, Runnable meanwhile) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Answer>>> running =
                    all.stream().map(one -> executor.submit(() -> send(one))).toList();
            meanwhile.run();
            return Futures.results(running);
        }
    }

    /** So many clients send one file after another, numbered over all of them, until the action is over. */
    public void keepSending(int clients, IntFunction<Sending> numbered, Runnable meanwhile) {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                executor.execute(() -> {
                    while (!over.get()) {
                        send(numbered.apply(next.getAndIncrement()));
                        Await.pass(BREATH);
                    }
                });
            }
            try {
                meanwhile.run();
            } finally {
                over.set(true);
            }
        }
    }

    /** What clients were told. */
    public Set<Integer> statuses() {
        return told.stream().map(one -> one.answer().status()).collect(Collectors.toSet());
    }

    public long count(int status) {
        return told.stream().filter(one -> one.answer().status() == status).count();
    }

    /** Every client that has a key comes back with it until it hears 201; what it hears before must say so. */
    public void repeatKeyedUntilStored() {
        List<Sending> keyed = sendings.values().stream().filter(Sending::hasKey).toList();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Futures.results(keyed.stream()
                    .map(one -> executor.submit(() -> repeatUntilStored(one)))
                    .toList());
        }
    }

    private void repeatUntilStored(Sending sending) {
        Await.until("stored with its key: " + sending, Times.SETTLED, () -> {
            Answer answer = send(sending).orElseThrow();
            if (answer.status() == 201) {
                return true;
            }
            assertThat(answer.status()).as("%s", answer).isIn(409, 503);
            assertThat(answer.header("Retry-After")).isPresent();
            return false;
        });
    }

    /** Waits until everything has its end, then checks what must hold whatever was killed. */
    public void check() {
        evidence().check();
        assertThat(stack.receiver().badSignatures()).isEmpty();
    }

    /** Waits until everything has its end and the store holds no object of an attempt that was superseded. */
    Evidence evidence() {
        Api api = Api.of(stack);
        awaitSettled(api);
        Await.holds(Times.SETTLED, () -> assertThat(Set.copyOf(stack.bucket().keys(stack.keyPrefix())))
                .isEqualTo(completedKeys(api)));
        // an expired row is settled too, and a last check may have completed it since
        awaitSettled(api);
        return gathered(api);
    }

    private void awaitSettled(Api api) {
        Set<String> settled = new HashSet<>();
        Await.until("every upload is settled", Times.SETTLED, () -> api.uploads().stream()
                .filter(this::isOwn)
                .map(row -> row.getString("upload_id"))
                .filter(id -> !settled.contains(id))
                .map(api::upload)
                .peek(row -> rememberCompleted(row, settled))
                .allMatch(Api::settled));
    }

    private static void rememberCompleted(JsonObject row, Set<String> settled) {
        if (Api.settled(row) && row.getString("state").equals("completed")) {
            settled.add(row.getString("upload_id"));
        }
    }

    private Evidence gathered(Api api) {
        Map<String, JsonObject> uploads = new HashMap<>();
        Map<String, JsonObject> jobs = new HashMap<>();
        Map<String, String> objects = new HashMap<>();
        stack.bucket().keys(stack.keyPrefix()).forEach(key -> objects.put(key, ""));
        for (JsonObject row : api.uploads()) {
            String id = row.getString("upload_id");
            uploads.put(id, isOwn(row) ? api.upload(id) : row);
            if (isOwn(row)) {
                uploads.get(id).getJsonArray("jobs").getValuesAs(JsonObject.class).stream()
                        .map(job -> job.getString("job_id"))
                        .forEach(job -> jobs.put(job, api.job(job)));
                objects.computeIfPresent(
                        row.getString("key"), (key, unknown) -> stack.bucket().sha256(key));
            }
        }
        return new Evidence(
                List.copyOf(told),
                Map.copyOf(sendings),
                uploads,
                jobs,
                api.events(),
                stack.receiver().received(),
                objects);
    }

    private boolean isOwn(JsonObject row) {
        return sendings.containsKey(row.getString("filename", ""));
    }

    private Set<String> completedKeys(Api api) {
        return api.uploads().stream()
                .filter(row -> row.getString("state").equals("completed"))
                .map(row -> row.getString("key"))
                .filter(key -> key.startsWith(stack.keyPrefix()))
                .collect(Collectors.toSet());
    }
}
