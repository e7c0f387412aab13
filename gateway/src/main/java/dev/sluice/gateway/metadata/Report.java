package dev.sluice.gateway.metadata;

import dev.sluice.gateway.runtime.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The last word about one attempt of an upload; it is repeated until the metadata service has answered. */
public sealed interface Report {
    UUID request();

    Trace trace();

    int attempt();

    JsonObject toJson();

    /** How log lines name it. */
    default String name() {
        return "request=" + request() + " correlation=" + trace().correlationId();
    }

    /** No object exists, and none will. */
    record Verdict(UUID request, Trace trace, int attempt, Reason reason, String detail, long received)
            implements Report {
        @Override
        public JsonObject toJson() {
            return Json.createObjectBuilder()
                    .add("attempt", attempt)
                    .add("reason", reason.wireName())
                    .add("detail", detail)
                    .add("received", received)
                    .build();
        }
    }

    /** The end was sent, and nobody here knows what became of it. */
    record InDoubt(UUID request, Trace trace, int attempt, String detail) implements Report {
        @Override
        public JsonObject toJson() {
            return Json.createObjectBuilder()
                    .add("attempt", attempt)
                    .add("detail", detail)
                    .build();
        }
    }

    /** The object exists: the store has acknowledged it. */
    record Completion(
            UUID request,
            Trace trace,
            String uploadId,
            int attempt,
            String bucket,
            String key,
            long size,
            String crc32c,
            Optional<String> sha256,
            String etag,
            Optional<String> versionId,
            long receivedAtMs,
            long storedAtMs)
            implements Report {
        @Override
        public JsonObject toJson() {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("type", "upload.stored")
                    .add("upload_id", uploadId)
                    .add("attempt", attempt)
                    .add("request", request.toString())
                    .add("bucket", bucket)
                    .add("key", key)
                    .add("size", size)
                    .add("crc32c", crc32c);
            Wire.add(json, "sha256", sha256);
            json.add("etag", etag);
            Wire.add(json, "version_id", versionId);
            return json.add("received_at_ms", receivedAtMs)
                    .add("stored_at_ms", storedAtMs)
                    .build();
        }

        /** The same for every try: what the receiver tells repetitions by. */
        String messageId() {
            return uploadId + "." + attempt;
        }
    }

    /** Why there is no object. */
    enum Reason {
        CLIENT_GONE,
        BODY_INTERRUPTED,
        TOO_SLOW,
        TOO_LARGE,
        DIGEST_MISMATCH,
        STORE_UNAVAILABLE,
        STORE_REFUSED,
        STORE_THROTTLED,
        STORE_FULL,
        /** No buffer was free here. */
        GATEWAY_FULL,
        GATEWAY_STOPPING,
        INTERNAL_ERROR;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
