package dev.sluice.it.stack;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what can only be asked for: a state of another process. */
public final class Await {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Await() {}

    /** A question whose answer is awaited. */
    @FunctionalInterface
    public interface Question {
        boolean ask() throws Exception;
    }

    public static void until(String what, Duration longest, Question question) {
        long end = System.nanoTime() + longest.toNanos();
        Exception last = null;
        while (true) {
            try {
                if (question.ask()) {
                    return;
                }
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + longest + ": " + what, last);
            }
            pause();
        }
    }

    /** Waits until the assertions hold and fails with the last of their messages. */
    public static void holds(Duration longest, ThrowingCallable assertions) {
        AtomicReference<AssertionError> last = new AtomicReference<>();
        try {
            until("assertions hold", longest, () -> {
                try {
                    assertions.call();
                    return true;
                } catch (AssertionError e) {
                    last.set(e);
                    return false;
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            });
        } catch (AssertionError e) {
            AssertionError cause = last.get();
            if (cause == null) {
                throw e;
            }
            throw cause;
        }
    }

    /** Time that has to pass because the passing itself is what is tested. */
    public static void pass(Duration time) {
        try {
            if (NEVER.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nobody counts this down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void pause() {
        pass(Duration.ofMillis(20));
    }
}
