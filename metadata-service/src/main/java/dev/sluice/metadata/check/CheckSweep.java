package dev.sluice.metadata.check;

import dev.sluice.metadata.db.BusyException;
import dev.sluice.metadata.db.DatabaseException;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.upload.Attempt;
import dev.sluice.metadata.upload.JobPlanner;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadTables;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** Turns due looks into check jobs; to be run every {@code metadata.times.sweep}, by one thread. It throws nothing. */
public final class CheckSweep implements Runnable {
    private static final Logger LOG = System.getLogger(CheckSweep.class.getName());
    private static final int BATCH = 256;

    private final UploadTables tables;
    private final JobPlanner planner;

    public CheckSweep(UploadTables tables, JobPlanner planner) {
        this.tables = tables;
        this.planner = planner;
    }

    @Override
    public void run() {
        tables.boots().tick();
        try {
            together(nobodys(), this::checkNow);
            together(tables.database().read(tx -> tables.attempts().due(tx, now(), BATCH)), this::plan);
        } catch (BusyException | DatabaseException | IllegalStateException e) {
            if (tables.committer().canWrite()) { // else the committer has said why
                LOG.log(Level.WARNING, "checks not planned", e);
            }
        }
    }

    private interface Step {
        void take(Transaction tx, Attempt attempt);
    }

    private List<Attempt> nobodys() {
        long now = now();
        return tables.database().read(tx -> tables.attempts().openUnchecked(tx)).stream()
                .filter(attempt -> attempt.nobodys(tables.boots(), now))
                .limit(BATCH)
                .toList();
    }

    /** One commit for all; when that fails each has its own, so that a bad one stops no other. */
    private void together(List<Attempt> attempts, Step step) {
        if (attempts.isEmpty()) {
            return;
        }
        try {
            tables.committer().commit(tx -> {
                attempts.forEach(attempt -> step.take(tx, attempt));
                return attempts.size();
            });
        } catch (DatabaseException | IllegalStateException e) {
            if (!tables.committer().canWrite()) {
                throw e;
            }
            attempts.forEach(attempt -> alone(attempt, step));
        }
    }

    private void alone(Attempt attempt, Step step) {
        try {
            tables.committer().commit(tx -> {
                step.take(tx, attempt);
                return 1;
            });
        } catch (DatabaseException | IllegalStateException e) {
            LOG.log(Level.ERROR, "check not planned upload=" + attempt.uploadId(), e);
        }
    }

    private void checkNow(Transaction tx, Attempt attempt) {
        tables.attempts().bringForward(tx, attempt, now());
    }

    /** The row may have moved on since it was read: then nothing is planned. */
    private void plan(Transaction tx, Attempt attempt) {
        boolean due = tables.attempts()
                .find(tx, attempt.uploadId(), attempt.number())
                .filter(now -> now.checkJob().isEmpty() && now.look().at().isPresent())
                .isPresent();
        if (due) {
            Upload upload = tables.uploads().find(tx, attempt.uploadId()).orElseThrow();
            String job = planner.check(tx, upload, attempt.number(), now());
            if (!tables.attempts().planned(tx, attempt, job)) {
                throw new IllegalStateException("check planned twice upload=" + attempt.uploadId());
            }
        }
    }

    private long now() {
        return tables.clock().millis();
    }
}
