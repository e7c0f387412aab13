package dev.sluice.metadata.db;

/** The hand-over to the committing thread did not happen in time; nothing was written. Answered as 503 {@code busy}. */
public final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BusyException(String message) {
        super(message);
    }
}
