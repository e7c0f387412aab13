package dev.sluice.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what tells nobody that it has happened. */
public final class Polling {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private Polling() {}

    public static void until(BooleanSupplier happened) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens").isLessThan(end);
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
