package dev.sluice.gateway.upload;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A number of places that holders share. Each may hold one, and beyond that only its percentage of those that are free to it (ADR 0014): who
 * holds one already does not get the last. Whoever holds none is not in the table. Thread-safe.
 */
final class Places {
    private final int all;
    private final Map<String, Integer> held = new HashMap<>();
    private int free;

    Places(int all) {
        this.all = all;
        this.free = all;
    }

    /** In the name of that one alone; empty when none is free to it. */
    Optional<Place> take(Holder holder) {
        return take(List.of(holder), List.of());
    }

    /**
     * In the name of all of them. To the outer ones all is free that others leave; to the first inner one what is free to every outer one, to
     * the next what is free to that. Empty when none is free to one of them.
     */
    synchronized Optional<Place> take(List<Holder> outer, List<Holder> inner) {
        int open = outer.stream().mapToInt(holder -> left(holder, free)).min().orElse(free);
        for (Holder holder : inner) {
            open = left(holder, open);
        }
        if (open == 0) {
            return Optional.empty();
        }
        free--;
        List<String> names =
                Stream.concat(outer.stream(), inner.stream()).map(Holder::name).toList();
        names.forEach(name -> held.merge(name, 1, Integer::sum));
        return Optional.of(new Place(names));
    }

    synchronized int free() {
        return free;
    }

    int taken() {
        return all - free();
    }

    /** How many hold one or more. */
    synchronized int holders() {
        return held.size();
    }

    /** Returns false when some are still taken after that time. */
    synchronized boolean awaitAllFree(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        for (long left = longest.toNanos(); free < all && left > 0; left = end - System.nanoTime()) {
            wait(Math.ceilDiv(left, 1_000_000));
        }
        return free == all;
    }

    /** How many more it may have when so many are open to it: at least one while it holds none. */
    private int left(Holder holder, int open) {
        int own = held.getOrDefault(holder.name(), 0);
        int share = (int) ((long) holder.percent() * (own + open) / 100) - own;
        return Math.max(share, own == 0 ? Math.min(open, 1) : 0);
    }

    /** One place, held until it is closed; closing it again does nothing. */
    final class Place implements AutoCloseable {
        private final List<String> holders;
        private boolean open = true;

        private Place(List<String> holders) {
            this.holders = holders;
        }

        @Override
        public void close() {
            synchronized (Places.this) {
                if (open) {
                    open = false;
                    holders.forEach(
                            name -> held.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1));
                    free++;
                    Places.this.notifyAll();
                }
            }
        }
    }
}
