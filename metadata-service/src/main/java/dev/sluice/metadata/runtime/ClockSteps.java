package dev.sluice.metadata.runtime;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Notices when the wall clock is set: it then moves otherwise than the monotonic one. For one thread. */
public final class ClockSteps {
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private long millis;
    private long nanos;

    public ClockSteps(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.millis = clock.millis();
        this.nanos = nanoTime.getAsLong();
    }

    /** By how much the clock was set since the last call; negative when it was set back. A machine that slept has stepped forward. */
    public Duration step() {
        long millisNow = clock.millis();
        long nanosNow = nanoTime.getAsLong();
        Duration step = Duration.ofMillis(millisNow - millis).minusNanos(nanosNow - nanos);
        millis = millisNow;
        nanos = nanosNow;
        return step;
    }
}
