package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import jakarta.json.JsonArray;
import java.util.List;
import java.util.Map;

/** What {@code upload.json} shows of uploads' jobs and callbacks: known to those who own them. */
public interface UploadParts {
    /**
     * What there is of one upload.
     *
     * @param processing {@code none}, {@code waiting}, {@code running}, {@code succeeded} or {@code failed}; derived from the jobs
     * @param jobs checks left out
     */
    record Shown(String processing, JsonArray jobs, JsonArray deliveries) {}

    /** By upload id; each of these uploads is in the answer. The number of queries does not depend on that of uploads. */
    Map<String, Shown> of(Transaction tx, List<String> uploadIds);
}
