package dev.sluice.worker.process;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long to wait before another child JVM is started: not at all, or ever longer after ones that ended at their start. Thread-safe. */
final class StartPauses {
    private static final long FIRST = Duration.ofMillis(250).toNanos();
    private static final long LONGEST = Duration.ofSeconds(30).toNanos();
    private static final int MOST_DOUBLINGS = 7;

    private final LongSupplier nanoTime;
    private int failures;
    private long notBefore;

    StartPauses(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
    }

    /** A child is there, ready to work. */
    synchronized void succeeded() {
        failures = 0;
        notBefore = nanoTime.getAsLong();
    }

    /** A child ended before it could work. */
    synchronized void failed() {
        notBefore = nanoTime.getAsLong() + Math.min(LONGEST, FIRST << Math.min(failures, MOST_DOUBLINGS));
        failures++;
    }

    /** Zero when the next child may be started now. */
    synchronized Duration left() {
        return Duration.ofNanos(Math.max(0, notBefore - nanoTime.getAsLong()));
    }
}
