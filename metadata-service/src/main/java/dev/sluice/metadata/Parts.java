package dev.sluice.metadata;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.delivery.DeliveryParts;
import dev.sluice.metadata.job.JobParts;
import dev.sluice.metadata.upload.UploadParts;
import jakarta.json.JsonArray;

/** Brings what jobs and deliveries show of themselves to where uploads are shown. */
final class Parts implements UploadParts {
    @Override
    public String processing(Transaction tx, String uploadId) {
        return JobParts.processing(tx, uploadId);
    }

    @Override
    public JsonArray jobs(Transaction tx, String uploadId) {
        return JobParts.jobs(tx, uploadId);
    }

    @Override
    public JsonArray deliveries(Transaction tx, String uploadId) {
        return DeliveryParts.deliveries(tx, uploadId);
    }
}
