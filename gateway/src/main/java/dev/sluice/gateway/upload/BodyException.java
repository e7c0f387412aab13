package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Report.Reason;

/** The client's end of the relay broke, or was cut. */
final class BodyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What happened to the body. */
    enum Kind {
        /** The connection ended or broke. */
        GONE(Problem.BODY_INTERRUPTED, Reason.CLIENT_GONE),
        /** Not what its framing promised. */
        MALFORMED(Problem.BODY_INTERRUPTED, Reason.BODY_INTERRUPTED),
        TOO_LARGE(Problem.UPLOAD_TOO_LARGE, Reason.TOO_LARGE),
        DIGEST_MISMATCH(Problem.DIGEST_MISMATCH, Reason.DIGEST_MISMATCH),
        TOO_SLOW(Problem.UPLOAD_TOO_SLOW, Reason.TOO_SLOW),
        STOPPING(Problem.DRAINING, Reason.GATEWAY_STOPPING);

        private final Problem problem;
        private final Reason reason;

        Kind(Problem problem, Reason reason) {
            this.problem = problem;
            this.reason = reason;
        }

        /** What the client is told. */
        Problem problem() {
            return problem;
        }

        /** What the metadata service is told. */
        Reason reason() {
            return reason;
        }
    }

    private final Kind kind;

    BodyException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    BodyException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
