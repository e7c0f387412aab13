package dev.sluice.gateway.upload;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Reads on for a moment after an early answer: a proxy that still writes would lose the answer to a reset. Thread-safe. */
final class Linger implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Linger.class.getName());

    private final Duration longest;
    private final long mostBytes;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("linger").factory());

    Linger(Duration longest, long mostBytes) {
        this.longest = longest;
        this.mostBytes = mostBytes;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** Throws away what comes; returns when it ends, breaks, or was enough. */
    void discard(InputStream rest) {
        Thread reader = Thread.currentThread();
        ScheduledFuture<?> end = timer.schedule(reader::interrupt, longest.toMillis(), TimeUnit.MILLISECONDS);
        try {
            byte[] scratch = new byte[8192];
            long left = mostBytes;
            int count = rest.read(scratch);
            while (count >= 0 && left > 0) {
                left -= count;
                count = rest.read(scratch);
            }
        } catch (IOException | RuntimeException e) {
            // The client went, or time is over: either is the end that was waited for.
            LOG.log(System.Logger.Level.TRACE, "linger ended", e);
        } finally {
            end.cancel(false);
            Thread.interrupted();
        }
    }
}
