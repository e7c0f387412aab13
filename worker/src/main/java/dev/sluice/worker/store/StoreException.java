package dev.sluice.worker.store;

/** The store gave no clear answer. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The closed list of docs/api/README.md. */
    public enum Reason {
        /** The key is such that the store has no answer for it, now or later. */
        BAD_REQUEST("bad-request"),
        BUCKET_MISSING("bucket-missing"),
        FORBIDDEN("forbidden"),
        STORE_ERROR("store-error"),
        TIME_OUT("time-out");

        private final String wire;

        Reason(String wire) {
            this.wire = wire;
        }

        public String wire() {
            return wire;
        }
    }

    private final Reason reason;

    StoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
