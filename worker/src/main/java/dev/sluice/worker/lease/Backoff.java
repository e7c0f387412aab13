package dev.sluice.worker.lease;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Growing pauses with full jitter between a floor and a cap. Not thread-safe. */
final class Backoff {
    private static final Duration FLOOR = Duration.ofMillis(100);

    private final Duration cap;
    private int failures;

    Backoff(Duration cap) {
        this.cap = cap.compareTo(FLOOR) < 0 ? FLOOR : cap;
    }

    void reset() {
        failures = 0;
    }

    Duration next() {
        long ceiling = Math.min(cap.toMillis(), FLOOR.toMillis() << Math.min(failures++, 20));
        return Duration.ofMillis(
                FLOOR.toMillis() / 2 + ThreadLocalRandom.current().nextLong(ceiling));
    }
}
