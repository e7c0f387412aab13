package dev.sluice.gateway.metadata;

import dev.sluice.gateway.runtime.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;

/** Who asks for an object, as the metadata service must know it to decide (docs/api/examples/object.json). */
public record Caller(Optional<String> authorization, String clientAddress, Trace trace) {
    JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder();
        Wire.add(json, "authorization", authorization);
        return json.add("client_address", clientAddress)
                .add("correlation_id", trace.correlationId())
                .build();
    }

    /** Leaves out what belongs to the client alone. */
    @Override
    public String toString() {
        return "Caller[correlation=" + trace.correlationId() + "]";
    }
}
