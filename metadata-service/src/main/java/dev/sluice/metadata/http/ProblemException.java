package dev.sluice.metadata.http;

import java.util.OptionalInt;

/** Ends a request with a problem answer; {@code code} is one of the closed list in docs/api. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final int retryAfterSeconds;

    public ProblemException(int status, String code, String detail, OptionalInt retryAfterSeconds) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds.orElse(-1);
    }

    public ProblemException(int status, String code, String detail) {
        this(status, code, detail, OptionalInt.empty());
    }

    public static ProblemException badRequest(String detail) {
        return new ProblemException(400, "bad-request", detail);
    }

    /** Also for what belongs to somebody else. */
    public static ProblemException notFound() {
        return new ProblemException(404, "not-found", "There is no such thing, or it is not yours.");
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public OptionalInt retryAfterSeconds() {
        return retryAfterSeconds < 0 ? OptionalInt.empty() : OptionalInt.of(retryAfterSeconds);
    }
}
