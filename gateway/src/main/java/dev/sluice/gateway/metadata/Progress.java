package dev.sluice.gateway.metadata;

import dev.sluice.gateway.runtime.Json;
import jakarta.json.JsonObject;
import java.util.UUID;

/** How much of an open upload has been received. */
public record Progress(UUID request, long received) {
    JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("request", request.toString())
                .add("received", received)
                .build();
    }
}
