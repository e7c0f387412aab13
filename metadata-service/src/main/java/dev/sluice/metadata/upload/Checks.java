package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import jakarta.json.JsonObject;

/** What a {@code check} job is about and what its result means: known to the uploads, not to the queue. */
public interface Checks {
    /** The payload of a lease granted now ({@code lease-answer-check.json}); says whether the row is nobody's at this moment. */
    JsonObject payload(Transaction tx, String uploadId, int attempt);

    /** Applies a result ({@code check-result-*.json}) in the transaction that ends the job. */
    void settle(Transaction tx, String uploadId, int attempt, JsonObject result, long now);
}
