package dev.sluice.metadata.runtime;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waiting times between tries: full jitter below {@code min(cap, base * 2^failures)}. */
public record Backoff(Duration base, Duration cap) {
    /** Milliseconds to wait after one more failure than {@code failures}. */
    public long millis(int failures, RandomGenerator random) {
        return random.nextLong(ceilingMillis(failures) + 1);
    }

    /** The longest that {@link #millis} may be. */
    public long ceilingMillis(int failures) {
        long ceiling = base.toMillis();
        for (int i = 0; i < failures && ceiling < cap.toMillis(); i++) {
            ceiling *= 2;
        }
        return Math.min(ceiling, cap.toMillis());
    }
}
