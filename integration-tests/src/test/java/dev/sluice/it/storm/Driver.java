package dev.sluice.it.storm;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.storm.History.Entry;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.History.Sighting;
import dev.sluice.it.storm.History.Told;
import dev.sluice.it.storm.Operation.Conduct;
import dev.sluice.it.storm.Operation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Clients that carry out operations one after another until they are told to stop, and write down what they hear. */
final class Driver {
    private static final int CLIENTS = 8;

    /** More numbers than a round has operations. */
    private static final int OF_ROUND = 100_000;

    private static final int TRIES = 3;
    private static final Duration BREATH = Duration.ofMillis(200);

    private final Client client;
    private final Operations operations;
    private final History history;
    private int rounds;

    Driver(Client client, Operations operations, History history) {
        this.client = client;
        this.operations = operations;
        this.history = history;
    }

    /** As many operations at once as there will ever be; nothing speaks against them, and all of them must succeed. */
    void warmUp() {
        int first = numbers();
        // each client may send twice at once
        List<Operation> plain = IntStream.range(first, first + 2 * CLIENTS)
                .mapToObj(operations::plain)
                .toList();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            plain.stream()
                    .map(operation -> executor.submit(() -> {
                        carryOut(operation, new SplittableRandom(operation.number()));
                        return true;
                    }))
                    .toList()
                    .forEach(Futures::result);
        }
        List<Told> failed = plain.stream()
                .map(history::told)
                .filter(told -> !told.any(Outcome.OK))
                .toList();
        if (!failed.isEmpty()) {
            throw new AssertionError("not stored in calm weather: " + failed);
        }
    }

    /**
     * Operations from this seed until the action is over; returns when every client has ended. How many there are, the answers decide;
     * which ones, the seed alone: neither a number, which is part of names and keys, nor anything random depends on what was heard.
     */
    void run(long seed, Runnable meanwhile) {
        int first = numbers();
        AtomicBoolean over = new AtomicBoolean();
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Callable<Boolean>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            SplittableRandom random = seeds.split();
            int client = i;
            clients.add(() -> {
                for (int number = first + client; !over.get(); number += CLIENTS) {
                    SplittableRandom own = random.split();
                    Duration pause = Duration.ofMillis(own.nextInt(250));
                    carryOut(operations.next(number, own), own);
                    Await.pass(pause);
                }
                return true;
            });
        }
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> running =
                    clients.stream().map(executor::submit).toList();
            try {
                meanwhile.run();
            } finally {
                over.set(true);
            }
            Futures.results(running);
        }
    }

    /** Every client with a key comes back with it until it hears what became of its file; the checker names those that never do. */
    void resolve(Duration longest) {
        List<Told> open = history.all().stream()
                .filter(told -> told.operation().key().isPresent())
                .filter(told -> told.operation().acceptable(operations.limit()) && !told.any(Outcome.OK))
                .toList();
        long end = System.nanoTime() + longest.toNanos();
        try (var executor = Executors.newFixedThreadPool(CLIENTS)) {
            open.stream()
                    .map(told -> executor.submit(() -> resolve(told.operation(), end)))
                    .toList()
                    .forEach(Futures::result);
        }
    }

    /** The first number of a round of its own. */
    private int numbers() {
        rounds++;
        return rounds * OF_ROUND;
    }

    private boolean resolve(Operation operation, long end) {
        while (System.nanoTime() < end) {
            if (attempt(operation, Conduct.STEADY).outcome() == Outcome.OK) {
                return true;
            }
            Await.pass(BREATH);
        }
        return false;
    }

    private void carryOut(Operation operation, SplittableRandom random) {
        history.invoke(operation);
        if (operation.kind() == Kind.UPLOAD || operation.kind() == Kind.FORM) {
            upload(operation, random);
        } else {
            announce(operation);
        }
    }

    private void upload(Operation operation, SplittableRandom random) {
        Conduct conduct = operation.shape().conduct();
        Entry last = conduct == Conduct.TWICE_AT_ONCE ? twice(operation) : attempt(operation, conduct);
        boolean impatient = random.nextInt(4) == 0;
        for (int i = 1; i < TRIES && !impatient && operation.key().isPresent() && repeatable(operation, last); i++) {
            Await.pass(BREATH);
            last = attempt(operation, Conduct.STEADY);
        }
        if (last.outcome() == Outcome.OK) {
            last.uploadId().ifPresent(id -> afterwards(operation, id, random.nextInt(12)));
        }
    }

    /** Some look at what is another's, some announce what is stored already, some ask again for what they were told. */
    private void afterwards(Operation operation, String uploadId, int choice) {
        if (choice < 2) {
            String stranger = operation.owner().equals("default") ? "other" : "default";
            String path = (choice == 0 ? "/uploads/" : "/objects/") + uploadId;
            history.seen(new Sighting(stranger, path, client.look(stranger, path)));
        } else if (choice == 2) {
            history.end(operation, client.announceAgain(operation, uploadId));
        } else if (choice < 5 && operation.key().isPresent()) {
            attempt(operation, Conduct.STEADY);
        }
    }

    private boolean repeatable(Operation operation, Entry last) {
        return last.outcome() != Outcome.OK && operation.acceptable(operations.limit());
    }

    private Entry twice(Operation operation) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Entry> other = executor.submit(() -> attempt(operation, Conduct.STEADY));
            Entry one = attempt(operation, Conduct.STEADY);
            Entry two = Futures.result(other);
            return one.outcome() == Outcome.OK ? one : two;
        }
    }

    private Entry attempt(Operation operation, Conduct conduct) {
        Entry entry = client.upload(operation, conduct);
        history.end(operation, entry);
        if (entry.status() == 503 || entry.status() == 0) {
            Await.pass(BREATH);
        }
        return entry;
    }

    /** Until it is taken: as a store does it, and a client that wants to be sure. */
    private void announce(Operation operation) {
        boolean there = operation.kind() != Kind.EMPTY_ANNOUNCEMENT && client.put(operation);
        for (int i = 0; i < TRIES; i++) {
            Entry entry = client.announce(operation, there);
            history.end(operation, entry);
            if (entry.status() == 200) {
                return;
            }
            Await.pass(BREATH);
        }
    }
}
