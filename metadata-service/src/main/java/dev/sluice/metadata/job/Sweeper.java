package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.LogText;
import dev.sluice.metadata.runtime.ClockSteps;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks again and again for leases that ran out, workers that fell silent and rows that have served. One thread of its own. */
public final class Sweeper implements AutoCloseable {
    /** How often to look, how late is too late, how long finished checks and gone workers are kept. */
    public record Times(Duration every, Duration late, Duration keepChecks, Duration keepWorkers) {}

    private static final Logger LOG = System.getLogger(Sweeper.class.getName());

    private static final Duration TIDY_EVERY = Duration.ofMinutes(1);

    private final JobStore store;
    private final Leases leases;
    private final Times times;
    private final ClockSteps steps;
    private final Runnable alsoRun;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private boolean graceDue = true;
    private long tidiedAt;

    /** {@code alsoRun} is run at the same pace; what it throws is logged and ends nothing. */
    public Sweeper(JobStore store, Leases leases, Times times, ClockSteps steps, Runnable alsoRun) {
        this.store = store;
        this.leases = leases;
        this.times = times;
        this.steps = steps;
        this.alsoRun = alsoRun;
        this.thread = Thread.ofPlatform().daemon().name("sweeper").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            long before = System.nanoTime();
            do {
                long now = System.nanoTime();
                graceDue |= now - before > times.every().plus(times.late()).toNanos();
                before = now;
                sweepOnce();
                runAlso();
            } while (!stop.await(times.every().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What fails is tried again next time; workers then get their time anew, for they could not be heard. */
    private void sweepOnce() {
        try {
            sweep();
        } catch (RuntimeException e) {
            if (!graceDue) {
                LOG.log(Level.WARNING, "sweep failed", e);
            }
            graceDue = true;
        }
    }

    private void runAlso() {
        try {
            alsoRun.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "sweep failed", e);
        }
    }

    void sweep() {
        graceDue |= steps.step().abs().compareTo(times.late()) > 0; // leases end by a clock that was set
        if (graceDue) {
            store.committer().commit(this::grace);
            graceDue = false;
            return;
        }
        long now = store.clock().millis();
        int lost = leases.rescue();
        if (lost > 0) {
            LOG.log(Level.WARNING, "leases ran out count=" + lost);
        }
        sweepWorkers(now);
        tidy(now);
    }

    private void tidy(long now) {
        if (now - tidiedAt < TIDY_EVERY.toMillis()) {
            return;
        }
        tidiedAt = now;
        store.committer().commit(tx -> {
            JobRepository.deleteChecks(tx, now - times.keepChecks().toMillis());
            return WorkerRepository.forget(tx, now - times.keepWorkers().toMillis());
        });
    }

    private int grace(Transaction tx) {
        WorkerRepository.touchAll(tx, store.clock().millis());
        return leases.grace(tx);
    }

    private void sweepWorkers(long now) {
        long silent = now - leases.settings().lease().toMillis();
        List<Worker> workers = store.database().read(tx -> WorkerRepository.silentSince(tx, silent));
        for (Worker worker : workers) {
            if (store.committer().commit(tx -> WorkerRepository.lost(tx, worker))) {
                LOG.log(
                        Level.WARNING,
                        "worker lost name=" + LogText.of(worker.name()) + " boot=" + LogText.of(worker.boot()));
            }
        }
    }
}
