package dev.sluice.worker.lease;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** The right to work a job until it runs out; the token proves it. */
public record Lease(String jobId, String token, String kind, int attempt, Duration length, JsonObject payload) {
    private static final Duration UNREADABLE_LENGTH = Duration.ofSeconds(10);

    /** One that cannot be read has no kind, so that nobody works it and it is failed; empty when not even its job can be named. */
    static Optional<Lease> of(JsonValue given) {
        if (!(given instanceof JsonObject json)) {
            return Optional.empty();
        }
        try {
            return Optional.of(from(json));
        } catch (ClassCastException | NullPointerException | ArithmeticException e) {
            String job = json.getString("job_id", "");
            String token = json.getString("token", "");
            return job.isEmpty() || token.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Lease(job, token, "", 0, UNREADABLE_LENGTH, JsonValue.EMPTY_JSON_OBJECT));
        }
    }

    boolean readable() {
        return !kind.isEmpty();
    }

    private static Lease from(JsonObject json) {
        return new Lease(
                json.getString("job_id"),
                json.getString("token"),
                json.getString("kind"),
                json.getInt("attempt"),
                Duration.ofMillis(json.getJsonNumber("lease_ms").longValueExact()),
                Objects.requireNonNull(json.getJsonObject("payload")));
    }
}
