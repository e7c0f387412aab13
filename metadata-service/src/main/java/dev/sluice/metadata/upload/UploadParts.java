package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import jakarta.json.JsonArray;

/** What {@code upload.json} shows of an upload's jobs and callbacks: known to those who own them. */
public interface UploadParts {
    /** {@code none}, {@code waiting}, {@code running}, {@code succeeded} or {@code failed}; derived from the jobs, checks left out. */
    String processing(Transaction tx, String uploadId);

    /** The array {@code jobs} of {@code upload.json}, checks left out. */
    JsonArray jobs(Transaction tx, String uploadId);

    /** The array {@code deliveries} of {@code upload.json}. */
    JsonArray deliveries(Transaction tx, String uploadId);
}
