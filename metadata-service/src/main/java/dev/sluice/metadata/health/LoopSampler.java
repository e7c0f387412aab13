package dev.sluice.metadata.health;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures ten times a second how late a platform thread's timer fires and how long a new virtual thread waits for its turn. Thread-safe.
 */
public final class LoopSampler implements AutoCloseable {
    /** From when to warn and to call it degraded. */
    public record Limits(Duration warn, Duration degraded) {}

    private static final Logger LOG = System.getLogger(LoopSampler.class.getName());
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int WINDOW = 10;
    private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Limits limits;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private final AtomicLong ranAt = new AtomicLong(System.nanoTime());
    private final AtomicLong[] window = new AtomicLong[WINDOW];
    private volatile long askedAt = ranAt.get();
    private volatile long tickedAt = System.nanoTime();
    private long warnedAt = System.nanoTime() - WARN_EVERY_NANOS;

    public LoopSampler(Limits limits) {
        this.limits = limits;
        for (int i = 0; i < WINDOW; i++) {
            window[i] = new AtomicLong();
        }
        this.thread = Thread.ofPlatform().daemon().name("loop-sampler").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        stop.countDown();
    }

    /** The worst delay of the last second, what is still waiting included. */
    public Duration latency() {
        long worst = pending();
        for (AtomicLong sample : window) {
            worst = Math.max(worst, sample.get());
        }
        return Duration.ofNanos(Math.max(0, worst));
    }

    public boolean degraded() {
        return latency().compareTo(limits.degraded()) >= 0;
    }

    /** False when timers or virtual threads have stood still for this long. */
    public boolean runs(Duration within) {
        return System.nanoTime() - tickedAt < within.toNanos() && pending() < within.toNanos();
    }

    private long pending() {
        long asked = askedAt;
        return ranAt.get() - asked >= 0 ? 0 : System.nanoTime() - asked;
    }

    private void run() {
        try {
            for (int i = 0; ; i = (i + 1) % WINDOW) {
                long before = System.nanoTime();
                if (stop.await(PERIOD_NANOS, TimeUnit.NANOSECONDS)) {
                    return;
                }
                long now = System.nanoTime();
                tickedAt = now;
                sample(i, now - before - PERIOD_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample(int slot, long timerLag) {
        AtomicLong worst = window[slot];
        worst.set(Math.max(timerLag, pending()));
        if (pending() == 0) {
            long asked = System.nanoTime();
            askedAt = asked;
            Thread.startVirtualThread(() -> {
                long ran = System.nanoTime();
                worst.accumulateAndGet(ran - asked, Math::max);
                ranAt.set(ran);
            });
        }
        warn(System.nanoTime());
    }

    private void warn(long now) {
        Duration latency = latency();
        if (latency.compareTo(limits.warn()) >= 0 && now - warnedAt >= WARN_EVERY_NANOS) {
            warnedAt = now;
            LOG.log(Level.WARNING, "loop slow latency_ms=" + latency.toMillis());
        }
    }
}
