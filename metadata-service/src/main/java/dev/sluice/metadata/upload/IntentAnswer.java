package dev.sluice.metadata.upload;

import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import java.util.Optional;

/** What a gateway may do with a request ({@code intent-answer-*.json}). */
public sealed interface IntentAnswer {
    JsonObject json(long now);

    /** For the log: ids and codes, nothing of the client's. */
    String logText();

    /** Receive the body and store it under this key; {@code user} is a digest. */
    record Receive(
            String uploadId,
            String owner,
            Optional<String> user,
            int attempt,
            String bucket,
            String key,
            long maxBytes,
            String contentType,
            boolean wantSha256)
            implements IntentAnswer {
        @Override
        public JsonObject json(long now) {
            return JsonIo.object()
                    .add("decision", "receive")
                    .add("now_ms", now)
                    .add("upload_id", uploadId)
                    .add("owner", owner)
                    .add("user", JsonIo.text(user))
                    .add("attempt", attempt)
                    .add("bucket", bucket)
                    .add("key", key)
                    .add("max_bytes", maxBytes)
                    .add("content_type", contentType)
                    .add("want_sha256", wantSha256)
                    .build();
        }

        @Override
        public String logText() {
            return "id=" + uploadId + " attempt=" + attempt + " decision=receive";
        }
    }

    /** The upload is completed already: answer with its receipt. */
    record Replay(JsonObject receipt) implements IntentAnswer {
        @Override
        public JsonObject json(long now) {
            return JsonIo.object()
                    .add("decision", "replay")
                    .add("now_ms", now)
                    .add("receipt", receipt)
                    .build();
        }

        @Override
        public String logText() {
            return "id=" + receipt.getString("upload_id") + " attempt=" + receipt.getInt("attempt")
                    + " decision=replay";
        }
    }

    /** Another request is sending this upload now. */
    record InProgress(String uploadId) implements IntentAnswer {
        @Override
        public JsonObject json(long now) {
            return refusal().json(now);
        }

        @Override
        public String logText() {
            return refusal().logText();
        }

        private Refuse refusal() {
            return new Refuse(
                    409,
                    "upload-in-progress",
                    "The same Idempotency-Key is being received now.",
                    Optional.of(1L),
                    Optional.of(uploadId));
        }
    }

    /** Answer this problem. */
    record Refuse(int status, String code, String detail, Optional<Long> retryAfterSeconds, Optional<String> uploadId)
            implements IntentAnswer, Admission {
        Refuse(int status, String code, String detail) {
            this(status, code, detail, Optional.empty(), Optional.empty());
        }

        @Override
        public JsonObject json(long now) {
            return JsonIo.object()
                    .add("decision", "refuse")
                    .add("now_ms", now)
                    .add("status", status)
                    .add("code", code)
                    .add("detail", detail)
                    .add("retry_after_seconds", JsonIo.number(retryAfterSeconds))
                    .add("upload_id", JsonIo.text(uploadId))
                    .build();
        }

        @Override
        public String logText() {
            return "id=" + uploadId.orElse("-") + " decision=refuse code=" + code;
        }
    }
}
