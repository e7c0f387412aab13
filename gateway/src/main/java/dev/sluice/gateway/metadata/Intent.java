package dev.sluice.gateway.metadata;

import dev.sluice.gateway.runtime.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import java.util.OptionalLong;

/** What a client wants to upload, as the metadata service must know it to decide (docs/api/examples/intent.json). */
public record Intent(
        Optional<String> authorization,
        Optional<String> cookie,
        String clientAddress,
        Trace trace,
        String method,
        Optional<String> filename,
        String contentType,
        OptionalLong length,
        Optional<String> sha256,
        boolean wantSha256,
        Optional<String> idempotencyKey) {
    JsonObject toJson(String gateway, String boot) {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("gateway", gateway).add("boot", boot);
        Wire.add(json, "authorization", authorization);
        Wire.add(json, "cookie", cookie);
        json.add("client_address", clientAddress)
                .add("correlation_id", trace.correlationId())
                .add("method", method);
        Wire.add(json, "filename", filename);
        json.add("content_type", contentType);
        length.ifPresentOrElse(known -> json.add("length", known), () -> json.addNull("length"));
        Wire.add(json, "sha256", sha256);
        json.add("want_sha256", wantSha256);
        Wire.add(json, "idempotency_key", idempotencyKey);
        return json.build();
    }

    /** Leaves out what belongs to the client alone. */
    @Override
    public String toString() {
        return "Intent[" + method + " length=" + length + " correlation=" + trace.correlationId() + "]";
    }
}
