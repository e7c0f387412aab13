package dev.sluice.gateway.metadata;

import java.time.Duration;

/** How far this gateway's clock is from the metadata service's, as last heard. Thread-safe. */
public final class Clocks {
    private final Duration max;
    private volatile long offMillis;

    public Clocks(Duration max) {
        this.max = max;
    }

    /** True while uploads must be refused. */
    public boolean skewed() {
        return Math.abs(offMillis) > max.toMillis();
    }

    public long offMillis() {
        return offMillis;
    }

    /** The answer's time lies somewhere between asking and hearing: only what is certainly off counts. */
    void heard(long theirs, long asked, long heard) {
        offMillis = Math.max(0, theirs - heard) - Math.max(0, asked - theirs);
    }
}
