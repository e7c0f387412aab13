package dev.sluice.worker.lease;

import jakarta.json.JsonObject;
import java.time.Duration;

/** The right to work a job until it runs out; the token proves it. */
public record Lease(String jobId, String token, String kind, int attempt, Duration length, JsonObject payload) {
    static Lease from(JsonObject json) {
        return new Lease(
                json.getString("job_id"),
                json.getString("token"),
                json.getString("kind"),
                json.getInt("attempt"),
                Duration.ofMillis(json.getJsonNumber("lease_ms").longValueExact()),
                json.getJsonObject("payload"));
    }
}
