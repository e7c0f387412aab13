package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Writes uploads as the outside sees them: {@code receipt.json} and {@code upload.json}. */
public final class UploadJson {
    private final AttemptRepository attempts;
    private final Boots boots;
    private final UploadParts parts;

    public UploadJson(AttemptRepository attempts, Boots boots, UploadParts parts) {
        this.attempts = attempts;
        this.boots = boots;
        this.parts = parts;
    }

    /** What a completed upload's sender hears, and hears again; nothing in it changes with the jobs. */
    public static JsonObject receipt(Upload upload) {
        return JsonIo.object()
                .add("status", "ok")
                .add("upload_id", upload.id())
                .add("state", upload.state().text())
                .add("attempt", upload.attempt())
                .addAll(object(upload))
                .add("completed_at", JsonIo.time(upload.completedAt()))
                .build();
    }

    /** What the store holds of it. */
    public static JsonObjectBuilder object(Upload upload) {
        return JsonIo.object()
                .add("bucket", upload.bucket())
                .add("key", upload.objectKey())
                .add("size", JsonIo.number(upload.size()))
                .add("crc32c", JsonIo.text(upload.crc32c()))
                .add("sha256", JsonIo.text(upload.sha256()))
                .add("etag", JsonIo.text(upload.etag()))
                .add("version_id", JsonIo.text(upload.versionId()));
    }

    /** In the order of the uploads. */
    List<JsonObject> views(Transaction tx, List<Upload> uploads) {
        List<String> ids = uploads.stream().map(Upload::id).toList();
        Map<String, Attempt> current = new HashMap<>();
        attempts.current(tx, ids).forEach(attempt -> current.put(attempt.uploadId(), attempt));
        Map<String, UploadParts.Shown> shown = parts.of(tx, ids);
        return uploads.stream()
                .map(upload -> view(
                        upload,
                        Optional.ofNullable(current.get(upload.id())),
                        Objects.requireNonNull(shown.get(upload.id()))))
                .toList();
    }

    private JsonObject view(Upload upload, Optional<Attempt> attempt, UploadParts.Shown shown) {
        return JsonIo.object()
                .add("upload_id", upload.id())
                .add("owner", upload.owner())
                .add("source", upload.source())
                .add("state", upload.state().text())
                .add("processing", shown.processing())
                .add("attempt", upload.attempt())
                .add("reason", JsonIo.text(upload.reason()))
                .add("detail", JsonIo.text(upload.detail()))
                .add("filename", JsonIo.text(upload.filename()))
                .add("content_type", JsonIo.text(upload.contentType()))
                .add("length", JsonIo.number(upload.declaredLength()))
                .add("received", received(upload, attempt))
                .addAll(object(upload))
                .add("data", JsonIo.stored(upload.data()))
                .add("created_at", JsonIo.time(upload.createdAt()))
                .add("received_at", JsonIo.time(upload.receivedAt()))
                .add("stored_at", JsonIo.time(upload.storedAt()))
                .add("completed_at", JsonIo.time(upload.completedAt()))
                .add("check", attempt.map(UploadJson::check).orElse(JsonValue.NULL))
                .add("jobs", shown.jobs())
                .add("deliveries", shown.deliveries())
                .build();
    }

    /** Beats are ahead of the row while it is open. */
    private long received(Upload upload, Optional<Attempt> attempt) {
        Optional<Long> beats = upload.state().open()
                ? attempt.flatMap(one -> one.boot().flatMap(boot -> boots.received(boot, one.request())))
                : Optional.empty();
        return Math.max(upload.received(), beats.orElse(0L));
    }

    private static JsonValue check(Attempt attempt) {
        boolean pending = attempt.look().at().isPresent()
                || attempt.checkJob().isPresent()
                || attempt.look().note().isPresent();
        return pending
                ? JsonIo.object()
                        .add("at", JsonIo.time(attempt.look().at()))
                        .add("note", JsonIo.text(attempt.look().note()))
                        .build()
                : JsonValue.NULL;
    }
}
