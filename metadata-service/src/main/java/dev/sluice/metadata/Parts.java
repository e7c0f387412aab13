package dev.sluice.metadata;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.delivery.DeliveryParts;
import dev.sluice.metadata.job.JobParts;
import dev.sluice.metadata.upload.UploadParts;
import jakarta.json.JsonArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brings what jobs and deliveries show of themselves to where uploads are shown. */
final class Parts implements UploadParts {
    @Override
    public Map<String, Shown> of(Transaction tx, List<String> uploadIds) {
        Map<String, JobParts> jobs = JobParts.of(tx, uploadIds);
        Map<String, JsonArray> deliveries = DeliveryParts.of(tx, uploadIds);
        Map<String, Shown> shown = new HashMap<>();
        for (String id : uploadIds) {
            JobParts ofOne = jobs.getOrDefault(id, JobParts.NONE);
            JsonArray callbacks = deliveries.getOrDefault(id, JsonArray.EMPTY_JSON_ARRAY);
            shown.put(id, new Shown(ofOne.processing(), ofOne.jobs(), callbacks));
        }
        return shown;
    }
}
