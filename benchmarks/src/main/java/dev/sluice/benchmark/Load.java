package dev.sluice.benchmark;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Numbered items worked on by many clients at once. */
final class Load {
    /** One client, which may hold a connection. */
    @FunctionalInterface
    interface Client extends AutoCloseable {
        void item(int number) throws Exception;

        @Override
        default void close() throws IOException {}

        /** One that lets go of something at its end. */
        static Client over(Closeable held, Client work) {
            return new Client() {
                @Override
                public void item(int number) throws Exception {
                    work.item(number);
                }

                @Override
                public void close() throws IOException {
                    held.close();
                }
            };
        }
    }

    /** Makes one client after the other. */
    @FunctionalInterface
    interface Clients {
        Client make() throws Exception;
    }

    private interface Turn {
        void take(Client client, int number) throws Exception;
    }

    /** What all items took together, and each. */
    record Passed(long nanos, Latencies latencies) {
        double perSecond() {
            return latencies.size() * 1e9 / nanos;
        }
    }

    private Load() {}

    /** As fast as they can: each client begins its next item when the last one is done. */
    static Passed closed(int clients, int items, Clients maker) throws InterruptedException, ExecutionException {
        Latencies latencies = new Latencies(items);
        long begun = System.nanoTime();
        all(clients, items, maker, (client, number) -> {
            long begin = System.nanoTime();
            client.item(number);
            latencies.set(number, System.nanoTime() - begin);
        });
        return new Passed(System.nanoTime() - begun, latencies);
    }

    /**
     * At a rate that waits for nobody: each latency counts from when its item was due, so that a stall shows in every item that it held
     * up.
     */
    static Passed open(int clients, int items, double perSecond, Clients maker)
            throws InterruptedException, ExecutionException {
        Latencies latencies = new Latencies(items);
        long begun = System.nanoTime() + 100_000_000;
        all(clients, items, maker, (client, number) -> {
            long due = begun + (long) (number * 1e9 / perSecond);
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            client.item(number);
            latencies.set(number, System.nanoTime() - due);
        });
        return new Passed(System.nanoTime() - begun, latencies);
    }

    private static void all(int clients, int items, Clients maker, Turn turn)
            throws InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                running.add(threads.submit(() -> {
                    try (Client client = maker.make()) {
                        for (int number = next.getAndIncrement(); number < items; number = next.getAndIncrement()) {
                            turn.take(client, number);
                        }
                    }
                    return items;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
    }
}
