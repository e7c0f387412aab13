package dev.sluice.gateway.metadata;

import dev.sluice.gateway.storage.ObjectKey;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/** What the metadata service decided about an intent. */
public sealed interface Decision {
    /** Receive the body and store it there. */
    record Receive(
            String uploadId,
            Uploader uploader,
            int attempt,
            ObjectKey key,
            long maxBytes,
            Optional<String> contentType,
            boolean wantSha256)
            implements Decision {}

    /** Whose it is, and the digest of the owner's user where the application names one. */
    record Uploader(String owner, Optional<String> user) {}

    /** The same upload was completed before: say so again. */
    record Replay(Receipt receipt) implements Decision {}

    /** Refuse with this status and code. */
    record Refuse(int status, String code, String detail, OptionalInt retryAfter, Optional<String> uploadId)
            implements Decision {}

    /** Empty when this is not an answer to this request's intent. */
    static Optional<Decision> parse(JsonObject json, UUID request) {
        return switch (Wire.text(json, "decision").orElse("")) {
            case "receive" -> parseReceive(json, request);
            case "replay" ->
                Wire.object(json, "receipt").flatMap(Receipt::parse).map(Replay::new);
            case "refuse" -> parseRefuse(json);
            default -> Optional.empty();
        };
    }

    /** Each request has a key of its own (rule 1): an answer with another's is one to another question. */
    private static Optional<Decision> parseReceive(JsonObject json, UUID request) {
        Optional<String> uploadId = Wire.text(json, "upload_id");
        Optional<String> owner = Wire.text(json, "owner");
        Optional<ObjectKey> key = ObjectKey.parse(
                Wire.text(json, "bucket").orElse(""), Wire.text(json, "key").orElse(""));
        OptionalLong attempt = Wire.number(json, "attempt");
        OptionalLong maxBytes = Wire.number(json, "max_bytes");
        if (uploadId.isEmpty()
                || owner.isEmpty()
                || key.isEmpty()
                || attempt.isEmpty()
                || maxBytes.isEmpty()
                || !key.get().key().endsWith("/" + request)) {
            return Optional.empty();
        }
        return Optional.of(new Receive(
                uploadId.get(),
                new Uploader(owner.get(), Wire.text(json, "user")),
                (int) attempt.getAsLong(),
                key.get(),
                maxBytes.getAsLong(),
                Wire.text(json, "content_type"),
                Wire.flag(json, "want_sha256")));
    }

    private static Optional<Decision> parseRefuse(JsonObject json) {
        int status = (int) Wire.number(json, "status").orElse(0);
        Optional<String> code = Wire.text(json, "code");
        if (status < 400 || status > 599 || code.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong seconds = Wire.number(json, "retry_after_seconds");
        return Optional.of(new Refuse(
                status,
                code.get(),
                Wire.text(json, "detail").orElse(""),
                seconds.isPresent() ? OptionalInt.of((int) seconds.getAsLong()) : OptionalInt.empty(),
                Wire.text(json, "upload_id")));
    }
}
