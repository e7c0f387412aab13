package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.upload.Admission.Terms;
import java.util.List;
import java.util.Optional;

/** All SQL of the table {@code uploads}; every change names the state and attempt that it expects, and answers whether it found them. */
public final class UploadRepository {
    /** Its name in {@code row_counts}. */
    private static final String COUNTED = "uploads";

    private static final String FIND = "select * from uploads where id = ?";

    private static final String PAGE = "select * from uploads where owner = ? and id < ? order by id desc limit ?";

    private static final String INSERT = """
            insert into uploads (id, owner, source, state, attempt, filename, content_type, declared_length, declared_sha256,
                                 idempotency_key, bucket, object_key, data, created_at)
            values (?, ?, 'gateway', 'intent', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String REPORT = """
            insert into uploads (id, owner, source, state, attempt, bucket, object_key, created_at)
            values (?, ?, 'hint', 'reported', 1, ?, ?, ?)
            """;

    private static final String NEXT_ATTEMPT = """
            update uploads set state = 'intent', attempt = attempt + 1, reason = null, detail = null, filename = ?, content_type = ?,
                   declared_length = ?, declared_sha256 = ?, bucket = ?, object_key = ?, data = ?, received = 0
             where id = ? and state = ? and attempt = ?
            """;

    private static final String RECEIVING =
            "update uploads set state = 'receiving' where id = ? and state = 'intent' and attempt = ?";

    private static final String COMPLETE = """
            update uploads set state = 'completed', reason = null, detail = null, size = ?, crc32c = ?, sha256 = ?, etag = ?,
                   version_id = ?, received = ?, received_at = ?, stored_at = ?, completed_at = ?, seq = seq + 1
             where id = ? and state = ? and attempt = ?
            """;

    private static final String FILL = """
            update uploads set crc32c = coalesce(crc32c, ?), sha256 = coalesce(sha256, ?), etag = coalesce(etag, ?),
                   version_id = coalesce(version_id, ?), received_at = coalesce(received_at, ?), stored_at = coalesce(stored_at, ?)
             where id = ? and state = 'completed' and attempt = ?
            """;

    private static final String FAIL = """
            update uploads set state = 'failed', reason = ?, detail = ?, received = max(received, ?), seq = seq + 1
             where id = ? and state = ? and attempt = ?
            returning *
            """;

    private static final String COUNT = "update uploads set seq = seq + 1 where id = ? returning *";

    private static final String EXPIRE =
            "update uploads set state = 'expired' where id = ? and state = ? and attempt = ?";

    private static final String REPORT_AGAIN = """
            update uploads set state = 'reported', reason = null, detail = null
             where id = ? and state = 'failed' and attempt = ? and source = 'hint'
            """;

    /** What a client said about the file that it sends. */
    public record Declared(
            Optional<String> filename, Optional<String> contentType, Optional<Long> length, Optional<String> sha256) {}

    public Optional<Upload> find(Transaction tx, String id) {
        return tx.first(FIND, Upload::of, id);
    }

    /** Newest first, those older than the id {@code before}. */
    List<Upload> page(Transaction tx, String owner, String before, int limit) {
        return tx.list(PAGE, Upload::of, owner, before, limit);
    }

    void insert(Transaction tx, Attempt first, Terms terms, Intent intent, long now) {
        Declared declared = intent.declared();
        tx.update(
                INSERT,
                first.uploadId(),
                terms.owner(),
                declared.filename().orElse(null),
                declared.contentType().orElse(null),
                declared.length().orElse(null),
                declared.sha256().orElse(null),
                intent.idempotencyKey().orElse(null),
                first.bucket(),
                first.objectKey(),
                terms.data().orElse(null),
                now);
        came(tx, UploadState.INTENT);
    }

    /** Inserts an upload that somebody only reported. */
    public void report(Transaction tx, Attempt only, String owner, long now) {
        tx.update(REPORT, only.uploadId(), owner, only.bucket(), only.objectKey(), now);
        came(tx, UploadState.REPORTED);
    }

    boolean nextAttempt(Transaction tx, Upload upload, Declared declared, Attempt next, Optional<String> data) {
        if (!upload.state().canBecome(UploadState.INTENT)) {
            return false;
        }
        int rows = tx.update(
                NEXT_ATTEMPT,
                declared.filename().orElse(null),
                declared.contentType().orElse(null),
                declared.length().orElse(null),
                declared.sha256().orElse(null),
                next.bucket(),
                next.objectKey(),
                data.orElse(null),
                upload.id(),
                upload.state().text(),
                upload.attempt());
        return moved(tx, rows, upload.state(), UploadState.INTENT);
    }

    boolean receiving(Transaction tx, String id, int attempt) {
        return moved(tx, tx.update(RECEIVING, id, attempt), UploadState.INTENT, UploadState.RECEIVING);
    }

    /** The row as it is then, counted for its announcement; empty when it is no longer as given. */
    Optional<Upload> complete(Transaction tx, Upload upload, Proof proof, long now) {
        if (!upload.state().canBecome(UploadState.COMPLETED)) {
            return Optional.empty();
        }
        int rows = tx.update(
                COMPLETE,
                proof.size(),
                proof.crc32c().orElse(null),
                proof.sha256().orElse(null),
                proof.etag().orElse(null),
                proof.versionId().orElse(null),
                proof.size(),
                proof.receivedAt().orElse(null),
                proof.storedAt().orElse(null),
                now,
                upload.id(),
                upload.state().text(),
                upload.attempt());
        return moved(tx, rows, upload.state(), UploadState.COMPLETED)
                ? Optional.of(upload.completed(proof, now))
                : Optional.empty();
    }

    /** Adds what a completed row does not know yet. */
    boolean fill(Transaction tx, Upload upload, Proof proof) {
        return tx.update(
                        FILL,
                        proof.crc32c().orElse(null),
                        proof.sha256().orElse(null),
                        proof.etag().orElse(null),
                        proof.versionId().orElse(null),
                        proof.receivedAt().orElse(null),
                        proof.storedAt().orElse(null),
                        upload.id(),
                        upload.attempt())
                == 1;
    }

    /** The row as it is then, counted for its announcement; empty when it is no longer as given, or can not fail any more. */
    Optional<Upload> fail(Transaction tx, Upload upload, Failure failure) {
        if (!upload.state().canBecome(UploadState.FAILED)) {
            return Optional.empty();
        }
        Optional<Upload> failed = tx.first(
                FAIL,
                Upload::of,
                failure.reason(),
                failure.detail().orElse(null),
                failure.received(),
                upload.id(),
                upload.state().text(),
                upload.attempt());
        moved(tx, failed.isPresent() ? 1 : 0, upload.state(), UploadState.FAILED);
        return failed;
    }

    /** Counts one more announcement; the row as it is then. */
    public static Upload count(Transaction tx, String id) {
        return tx.first(COUNT, Upload::of, id).orElseThrow(() -> new IllegalStateException("no upload " + id));
    }

    boolean expire(Transaction tx, Upload upload) {
        if (!upload.state().canBecome(UploadState.EXPIRED)) {
            return false;
        }
        int rows = tx.update(EXPIRE, upload.id(), upload.state().text(), upload.attempt());
        return moved(tx, rows, upload.state(), UploadState.EXPIRED);
    }

    public boolean reportAgain(Transaction tx, Upload upload) {
        int rows = tx.update(REPORT_AGAIN, upload.id(), upload.attempt());
        return moved(tx, rows, UploadState.FAILED, UploadState.REPORTED);
    }

    /** The primary key lets it be one row or none. */
    private static boolean moved(Transaction tx, int rows, UploadState from, UploadState to) {
        tx.left(COUNTED, "", from.text(), rows);
        tx.came(COUNTED, "", to.text(), rows);
        return rows == 1;
    }

    private static void came(Transaction tx, UploadState state) {
        tx.came(COUNTED, "", state.text(), 1);
    }
}
