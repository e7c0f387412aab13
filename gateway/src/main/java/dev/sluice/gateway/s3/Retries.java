package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Repeats what a failing store can be asked again, for about three seconds; never what ran into a time-out or a bad certificate. */
final class Retries {
    private static final int MOST_TRIES = 4;
    private static final Duration LAST_START = Duration.ofSeconds(3);
    private static final long FIRST_PAUSE_MILLIS = 150;

    private Retries() {}

    static <T> T whileUnavailable(Supplier<T> operation) {
        return whileUnavailable(operation, failure -> true);
    }

    /** Repeats only failures that are {@code harmless} to repeat. */
    static <T> T whileUnavailable(Supplier<T> operation, Predicate<StorageException> harmless) {
        long start = System.nanoTime();
        for (int tried = 1; ; tried++) {
            try {
                return operation.get();
            } catch (StorageException e) {
                boolean late = System.nanoTime() - start > LAST_START.toNanos();
                if (tried == MOST_TRIES || late || !mayRepeat(e) || !harmless.test(e) || !paused(tried)) {
                    throw e;
                }
            }
        }
    }

    private static boolean mayRepeat(StorageException e) {
        return e.kind() == Kind.UNAVAILABLE
                && !timedOut(e.getCause())
                && !Trust.broken(e.getCause())
                && !Thread.currentThread().isInterrupted();
    }

    /** True for an operation that took its whole time, or was interrupted. */
    static boolean timedOut(@Nullable Throwable cause) {
        return cause instanceof InterruptedIOException || cause instanceof ClosedByInterruptException;
    }

    private static boolean paused(int tried) {
        long most = FIRST_PAUSE_MILLIS << tried;
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
            return true;
        } catch (InterruptedException ignored) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
