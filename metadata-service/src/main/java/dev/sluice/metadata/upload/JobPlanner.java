package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import java.util.List;

/** Turns uploads into jobs, inside the transaction that changes the upload. */
public interface JobPlanner {
    /** A job as {@code completion-answer.json} lists it. */
    record PlannedJob(String id, String kind, String state) {}

    /** Inserts the jobs that the rules want for a completed upload; those that exist already stay as they are. */
    List<PlannedJob> plan(Transaction tx, Upload upload, long now);

    /** Inserts a {@code check} job of an attempt and returns its id. */
    String check(Transaction tx, Upload upload, int attempt, long now);

    /** The jobs of an upload, checks left out. */
    List<PlannedJob> of(Transaction tx, String uploadId);
}
