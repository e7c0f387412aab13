package dev.sluice.metadata;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told to go on. */
public final class SettableClock extends Clock {
    private final AtomicLong millis = new AtomicLong(1_795_222_980_123L);
    private final AtomicLong nanos = new AtomicLong();

    /** Time passes. */
    public void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
        set(time);
    }

    /** Somebody sets the clock; no time passes. */
    public void set(Duration forward) {
        millis.addAndGet(forward.toMillis());
    }

    /** The monotonic clock beside it. */
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
