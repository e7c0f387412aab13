package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import jakarta.json.JsonObject;
import java.util.Optional;

/** Writes down that something happened: one event row and, when a callback is configured, one delivery row. */
public interface Announcer {
    /**
     * Announces inside the transaction that makes it true.
     *
     * @param type one of {@code upload.completed}, {@code upload.failed}, {@code job.succeeded}, {@code job.dead}
     * @param upload the row after the change; its {@code seq} counted up for this
     * @param extra members of the callback's {@code data} beyond those of the upload
     */
    void announce(Transaction tx, String type, Upload upload, Optional<String> jobId, JsonObject extra, long now);
}
