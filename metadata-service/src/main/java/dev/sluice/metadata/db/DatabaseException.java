package dev.sluice.metadata.db;

import java.sql.SQLException;

/** The database failed or cannot be reached; nothing of the transaction is kept. Answered as 503. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final int SQLITE_FULL = 13;

    DatabaseException(Throwable cause) {
        super(cause);
    }

    DatabaseException(String message) {
        super(message);
    }

    /** The disk, or the size that the file may have, is used up. */
    public boolean full() {
        return getCause() instanceof SQLException cause && cause.getErrorCode() == SQLITE_FULL;
    }
}
