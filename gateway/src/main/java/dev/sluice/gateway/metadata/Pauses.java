package dev.sluice.gateway.metadata;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Growing, jittered pauses between tries, within a limit for all of them. Belongs to one thread. */
final class Pauses {
    private final long end;
    private final long longest;
    private long next;

    Pauses(Duration limit, Duration first, Duration longest) {
        this.end = System.nanoTime() + limit.toNanos();
        this.next = first.toNanos();
        this.longest = longest.toNanos();
    }

    /** Never less than a millisecond. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    /** Waits; false when the limit is reached or the thread was interrupted. */
    boolean pause() {
        long wait = next / 2 + ThreadLocalRandom.current().nextLong(next / 2 + 1);
        next = Math.min(longest, next * 2);
        if (System.nanoTime() + wait >= end) {
            return false;
        }
        try {
            Thread.sleep(Duration.ofNanos(wait));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
