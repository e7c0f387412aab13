package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Row;
import java.sql.SQLException;
import java.util.Optional;

/** One row of {@code uploads}: a file to be stored, over all its attempts. Times are epoch milliseconds, {@code data} is the application's JSON text. */
public record Upload(
        String id,
        String owner,
        String source,
        UploadState state,
        int attempt,
        Optional<String> reason,
        Optional<String> detail,
        Optional<String> filename,
        Optional<String> contentType,
        Optional<Long> declaredLength,
        Optional<String> declaredSha256,
        Optional<String> idempotencyKey,
        String bucket,
        String objectKey,
        Optional<Long> size,
        Optional<String> crc32c,
        Optional<String> sha256,
        Optional<String> etag,
        Optional<String> versionId,
        Optional<String> data,
        long received,
        int seq,
        long createdAt,
        Optional<Long> receivedAt,
        Optional<Long> storedAt,
        Optional<Long> completedAt) {

    /** Reads a row that has all columns of the table. */
    public static Upload of(Row row) throws SQLException {
        return new Upload(
                row.text("id"),
                row.text("owner"),
                row.text("source"),
                UploadState.of(row.text("state")),
                row.integer("attempt"),
                row.maybeText("reason"),
                row.maybeText("detail"),
                row.maybeText("filename"),
                row.maybeText("content_type"),
                row.maybeNumber("declared_length"),
                row.maybeText("declared_sha256"),
                row.maybeText("idempotency_key"),
                row.text("bucket"),
                row.text("object_key"),
                row.maybeNumber("size"),
                row.maybeText("crc32c"),
                row.maybeText("sha256"),
                row.maybeText("etag"),
                row.maybeText("version_id"),
                row.maybeText("data"),
                row.number("received"),
                row.integer("seq"),
                row.number("created_at"),
                row.maybeNumber("received_at"),
                row.maybeNumber("stored_at"),
                row.maybeNumber("completed_at"));
    }

    /** The row after its completion, counted for its announcement. */
    Upload completed(Proof proof, long now) {
        return new Upload(
                id,
                owner,
                source,
                UploadState.COMPLETED,
                attempt,
                Optional.empty(),
                Optional.empty(),
                filename,
                contentType,
                declaredLength,
                declaredSha256,
                idempotencyKey,
                bucket,
                objectKey,
                Optional.of(proof.size()),
                proof.crc32c(),
                proof.sha256(),
                proof.etag(),
                proof.versionId(),
                data,
                proof.size(),
                seq + 1,
                createdAt,
                proof.receivedAt(),
                proof.storedAt(),
                Optional.of(now));
    }

    /** Whether its owner sent its bytes through a gateway. An upload that was only reported has the owner who reported it, who may not even know the content. */
    public boolean sent() {
        return source.equals("gateway");
    }

    boolean sentBy(String someone) {
        return sent() && owner.equals(someone);
    }
}
