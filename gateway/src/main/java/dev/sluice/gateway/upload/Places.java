package dev.sluice.gateway.upload;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A number of places that clients share. Each may hold one place, and beyond that only its percentage of those that the others leave: who
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

    /** Empty when none is free, or none for this holder. */
    synchronized Optional<Place> take(Holder holder) {
        if (free == 0 || !mayHave(holder)) {
            return Optional.empty();
        }
        free--;
        held.merge(holder.name(), 1, Integer::sum);
        return Optional.of(new Place(holder.name()));
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

    private boolean mayHave(Holder holder) {
        int mine = held.getOrDefault(holder.name(), 0);
        return mine == 0 || (mine + 1) * 100L <= (long) holder.percent() * (mine + free);
    }

    /** One place, held until it is closed; closing it again does nothing. */
    final class Place implements AutoCloseable {
        private final String holder;
        private boolean open = true;

        private Place(String holder) {
            this.holder = holder;
        }

        @Override
        public void close() {
            synchronized (Places.this) {
                if (open) {
                    open = false;
                    held.computeIfPresent(holder, (same, count) -> count == 1 ? null : count - 1);
                    free++;
                    Places.this.notifyAll();
                }
            }
        }
    }
}
