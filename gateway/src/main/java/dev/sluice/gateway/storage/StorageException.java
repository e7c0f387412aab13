package dev.sluice.gateway.storage;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The store's end of the relay broke; the kind says what the client and the metadata service are told. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What it means. */
    public enum Kind {
        /** Dead, hanging, failing: try again later. */
        UNAVAILABLE,
        /** 429 or SlowDown. */
        THROTTLED,
        /** No space. */
        FULL,
        /** A clear refusal: credentials, bucket, checksum, a 4xx that no retry mends. */
        REFUSED,
        /** No buffer of the budget is free. */
        BUDGET,
        /** The end was sent and no clear answer came. */
        OUTCOME_UNKNOWN;

        /** As log lines write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Kind kind;

    public StorageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StorageException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
