package dev.sluice.metadata;

import dev.sluice.metadata.db.BusyException;
import dev.sluice.metadata.db.DatabaseException;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.delivery.Deliveries;
import dev.sluice.metadata.job.JobStore;
import dev.sluice.metadata.job.Leases;
import dev.sluice.metadata.runtime.ClockSteps;
import dev.sluice.metadata.upload.AttemptRepository;
import dev.sluice.metadata.upload.Times;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * Pulls back what a clock that was set back has left further in the future than our configuration ever puts it, at the start and after each
 * such step: jobs, checks, leases and deliveries would stand still for as long. To be run by one thread; it throws nothing.
 */
final class DueTimes implements Runnable {
    /** The longest that rows may wait. */
    record Limits(Times times, Duration delivery) {}

    private static final Logger LOG = System.getLogger(DueTimes.class.getName());

    private final JobStore store;
    private final Leases leases;
    private final AttemptRepository attempts;
    private final Limits limits;
    private final ClockSteps steps;
    private boolean due = true;
    private Duration back = Duration.ZERO;

    DueTimes(JobStore store, Leases leases, AttemptRepository attempts, Limits limits, ClockSteps steps) {
        this.store = store;
        this.leases = leases;
        this.attempts = attempts;
        this.limits = limits;
        this.steps = steps;
    }

    @Override
    public void run() {
        Duration step = steps.step().negated();
        if (step.compareTo(limits.times().lateTimer()) > 0) {
            due = true;
            back = back.plus(step);
        }
        if (due) {
            pullBack();
        }
    }

    /** What fails is done at the next run. */
    private void pullBack() {
        try {
            int rows = store.committer().commit(this::change);
            if (rows > 0 || !back.isZero()) {
                LOG.log(Level.WARNING, "due times pulled back rows=" + rows + " step_seconds=" + back.toSeconds());
            }
            due = false;
            back = Duration.ZERO;
        } catch (BusyException | DatabaseException e) {
            if (store.committer().canWrite()) { // else the committer has said why
                LOG.log(Level.WARNING, "due times not pulled back", e);
            }
        }
    }

    private int change(Transaction tx) {
        long now = store.clock().millis();
        return leases.pullBack(tx)
                + attempts.pullBack(tx, limits.times(), now)
                + Deliveries.pullBack(tx, now + limits.delivery().toMillis());
    }
}
