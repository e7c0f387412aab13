package dev.sluice.gateway.runtime;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does one thing again and again, at once and then after each pause, on a platform thread of its own. Thread-safe. */
public final class Ticker implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Ticker.class.getName());

    private final CountDownLatch stop = new CountDownLatch(1);
    private final Runnable work;
    private final Duration pause;

    private Ticker(Runnable work, Duration pause) {
        this.work = work;
        this.pause = pause;
    }

    /** Busy uploads delay nothing that runs here: they have virtual threads. */
    public static Ticker start(String name, Duration pause, Runnable work) {
        Ticker ticker = new Ticker(work, pause);
        Thread.ofPlatform().daemon().name(name).start(ticker::run);
        return ticker;
    }

    @Override
    public void close() {
        stop.countDown();
    }

    private void run() {
        try {
            do {
                once();
            } while (!stop.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What goes wrong once must not end what the whole gateway lives by. */
    private void once() {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "tick failed thread=" + Thread.currentThread().getName(),
                    e);
        }
    }
}
