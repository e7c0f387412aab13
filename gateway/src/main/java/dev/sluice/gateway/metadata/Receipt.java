package dev.sluice.gateway.metadata;

import jakarta.json.JsonObject;
import java.util.Optional;

/** The metadata service's word that an upload is completed; {@code json} goes to the client as it came (docs/api/examples/receipt.json). */
public record Receipt(String uploadId, Optional<String> sha256, JsonObject json) {
    static Optional<Receipt> parse(JsonObject json) {
        return Wire.text(json, "upload_id").map(id -> new Receipt(id, Wire.text(json, "sha256"), json));
    }
}
