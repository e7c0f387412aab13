package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Row;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.upload.Admission.Terms;
import java.sql.SQLException;
import java.util.Optional;

/**
 * One row of {@code upload_attempts}: one try to store an upload, with a key of its own, and the look that is kept on it. Without
 * {@code maxBytes} the configured limit holds; {@code user} is the digest of the user that the application named.
 */
public record Attempt(
        String uploadId,
        int number,
        String request,
        Optional<String> gateway,
        Optional<String> boot,
        String bucket,
        String objectKey,
        Optional<Long> maxBytes,
        Optional<String> user,
        boolean inDoubt,
        Optional<Long> doubtUntil,
        Optional<Long> supersededAt,
        Optional<String> checkJob,
        boolean checkNobody,
        Look look) {

    /** Of an object that somebody only reported: to be looked at once, now. */
    public static Attempt reported(String uploadId, String bucket, String objectKey, long now) {
        return new Attempt(
                uploadId,
                1,
                uploadId,
                Optional.empty(),
                Optional.empty(),
                bucket,
                objectKey,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Look.first(Optional.of(now)));
    }

    /** Sent by a boot of a gateway: not looked at before it is nobody's. */
    static Attempt sent(String uploadId, int number, String request, Intent intent, Terms terms, String objectKey) {
        return new Attempt(
                uploadId,
                number,
                request,
                Optional.of(intent.gateway()),
                Optional.of(intent.boot()),
                terms.bucket(),
                objectKey,
                Optional.of(terms.maxBytes()),
                terms.user(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Look.first(Optional.empty()));
    }

    static Attempt of(Row row) throws SQLException {
        return new Attempt(
                row.text("upload_id"),
                row.integer("attempt"),
                row.text("request"),
                row.maybeText("gateway"),
                row.maybeText("boot"),
                row.text("bucket"),
                row.text("object_key"),
                row.maybeNumber("max_bytes"),
                row.maybeText("user_digest"),
                row.flag("in_doubt"),
                row.maybeNumber("doubt_until"),
                row.maybeNumber("superseded_at"),
                row.maybeText("check_job"),
                row.flag("check_nobody"),
                Look.of(row));
    }

    /** Whether nobody can still be writing it (rule 4, ADR 0009). What no gateway sends is nobody's. */
    public boolean nobodys(Boots boots, long now) {
        if (inDoubt) {
            return now >= doubtUntil.orElse(now);
        }
        return boot.isEmpty() || gateway.isEmpty() || boots.nobodys(gateway.get(), boot.get(), request);
    }
}
