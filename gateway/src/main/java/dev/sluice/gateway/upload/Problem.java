package dev.sluice.gateway.upload;

/** What the gateway itself refuses with: status, stable code, and seconds to wait before another try (0: none). */
public enum Problem {
    BAD_REQUEST(400, "bad-request", 0),
    BAD_FRAMING(400, "bad-framing", 0),
    BODY_INTERRUPTED(400, "body-interrupted", 0),
    UNAUTHORIZED(401, "unauthorized", 0),
    NOT_FOUND(404, "not-found", 0),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", 0),
    SUPERSEDED(409, "superseded", 0),
    UPLOAD_TOO_LARGE(413, "upload-too-large", 0),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", 0),
    UNSUPPORTED_ENCODING(415, "unsupported-encoding", 0),
    DIGEST_MISMATCH(422, "digest-mismatch", 0),
    INTERNAL_ERROR(500, "internal-error", 0),
    STORE_REFUSED(502, "store-refused", 0),
    TOO_MANY_UPLOADS(503, "too-many-uploads", 5),
    SHARE_TAKEN(503, "share-taken", 5),
    METADATA_UNAVAILABLE(503, "metadata-unavailable", 5),
    CLOCK_SKEW(503, "clock-skew", 30),
    DRAINING(503, "draining", 1),
    UPLOAD_TOO_SLOW(503, "upload-too-slow", 1),
    STORE_UNAVAILABLE(503, "store-unavailable", 5),
    STORE_THROTTLED(503, "store-throttled", 10),
    OUTCOME_UNKNOWN(503, "outcome-unknown", 5),
    STORE_FULL(507, "store-full", 60);

    private final int status;
    private final String code;
    private final int retryAfter;

    Problem(int status, String code, int retryAfter) {
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    int retryAfter() {
        return retryAfter;
    }
}
