package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.upload.JobPlanner.PlannedJob;
import jakarta.json.JsonValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/** Ends uploads: the only code that makes one completed, failed or expired, with all that follows in the same transaction. */
public final class Outcomes {
    /** A completed upload and its jobs. */
    public record Completed(Upload upload, List<PlannedJob> jobs) {
        public Completed {
            jobs = List.copyOf(jobs);
        }
    }

    private static final Logger LOG = System.getLogger(Outcomes.class.getName());

    private final UploadRepository uploads;
    private final AttemptRepository attempts;
    private final Aliases aliases;
    private final JobPlanner planner;
    private final Announcer announcer;
    private final Changes changes;

    public Outcomes(
            UploadRepository uploads,
            AttemptRepository attempts,
            Aliases aliases,
            JobPlanner planner,
            Announcer announcer,
            Changes changes) {
        this.uploads = uploads;
        this.attempts = attempts;
        this.aliases = aliases;
        this.planner = planner;
        this.announcer = announcer;
        this.changes = changes;
    }

    /**
     * Completes the current attempt; for a completed one it fills what was empty, unless the proof is of something else. Empty when the
     * row is no longer as given.
     */
    public Optional<Completed> complete(Transaction tx, Upload upload, Proof proof, long now) {
        if (upload.state() == UploadState.COMPLETED) {
            return fill(tx, upload, proof);
        }
        return uploads.complete(tx, upload, proof, now).map(completed -> follow(tx, completed, proof, now));
    }

    private Completed follow(Transaction tx, Upload upload, Proof proof, long now) {
        // taken when the same content was announced before: then hints meet that upload
        Aliases.content(upload, proof).ifPresent(alias -> aliases.add(tx, alias, upload.id()));
        settled(tx, upload);
        if (upload.attempt() > 1) {
            attempts.deletable(tx, upload.id(), upload.attempt(), now);
        }
        List<PlannedJob> jobs = planner.plan(tx, upload, now);
        announce(tx, "upload.completed", upload, now);
        tx.afterCommit(() -> LOG.log(
                Level.INFO, "upload completed id=" + upload.id() + " bytes=" + proof.size() + " jobs=" + jobs.size()));
        return new Completed(upload, jobs);
    }

    private Optional<Completed> fill(Transaction tx, Upload upload, Proof proof) {
        List<PlannedJob> jobs = planner.of(tx, upload.id());
        if (!proof.fits(upload)) {
            tx.afterCommit(() -> LOG.log(
                    Level.WARNING,
                    "proof contradicts id=" + upload.id() + " attempt=" + upload.attempt() + " bytes="
                            + upload.size().orElse(0L) + " said=" + proof.size()));
            return Optional.of(new Completed(upload, jobs));
        }
        return uploads.fill(tx, upload, proof)
                ? uploads.find(tx, upload.id()).map(filled -> new Completed(filled, jobs))
                : Optional.empty();
    }

    /** False when the row is no longer as given, or can not fail any more: then nothing changed. */
    public boolean fail(Transaction tx, Upload upload, Failure failure, long now) {
        Optional<Upload> failed = uploads.fail(tx, upload, failure);
        if (failed.isEmpty()) {
            return false;
        }
        settled(tx, upload);
        announce(tx, "upload.failed", failed.get(), now);
        tx.afterCommit(() -> LOG.log(Level.INFO, "upload failed id=" + upload.id() + " reason=" + failure.reason()));
        return true;
    }

    /** Announced later, by {@link #expiredForGood}. */
    public boolean expire(Transaction tx, Upload upload) {
        tx.afterCommit(() -> {
            LOG.log(Level.INFO, "upload expired id=" + upload.id());
            changes.happened(upload.id());
        });
        return uploads.expire(tx, upload);
    }

    /** The last look at an expired upload found nothing either. */
    public void expiredForGood(Transaction tx, Upload upload, long now) {
        announce(tx, "upload.failed", UploadRepository.count(tx, upload.id()), now);
    }

    private void settled(Transaction tx, Upload upload) {
        if (!attempts.settled(tx, upload.id(), upload.attempt())) {
            throw new IllegalStateException("no such attempt upload=" + upload.id() + " attempt=" + upload.attempt());
        }
    }

    private void announce(Transaction tx, String type, Upload upload, long now) {
        announcer.announce(tx, type, upload, Optional.empty(), JsonValue.EMPTY_JSON_OBJECT, now);
        tx.afterCommit(() -> changes.happened(upload.id()));
    }
}
