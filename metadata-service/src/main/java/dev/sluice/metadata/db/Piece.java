package dev.sluice.metadata.db;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One caller's work, its outcome held back until the commit. */
final class Piece<T> {
    /** SQLite's primary result codes READONLY, IOERR, CORRUPT, FULL, CANTOPEN. */
    private static final Set<Integer> STORE_FAILURES = Set.of(8, 10, 11, 13, 14);

    private final Function<Transaction, T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private @Nullable T value;
    private @Nullable RuntimeException thrown;

    Piece(Function<Transaction, T> work) {
        this.work = work;
    }

    CompletableFuture<T> result() {
        return result;
    }

    /** May be called again after what it did was undone: the last time counts. False when it threw. */
    boolean run(Transaction transaction) {
        thrown = null;
        try {
            value = work.apply(transaction);
            return true;
        } catch (RuntimeException e) {
            thrown = e;
            throwStoreFailure(e);
            return false;
        }
    }

    /** When the file or the disk is at fault, not the work: SQLite may have rolled back all of the transaction, not only this. */
    private static void throwStoreFailure(RuntimeException thrown) {
        if (thrown instanceof DatabaseException failure
                && failure.getCause() instanceof SQLException cause
                && STORE_FAILURES.contains(cause.getErrorCode())) {
            throw failure;
        }
    }

    @SuppressWarnings("NullAway") // T may itself be nullable (Void)
    void answer() {
        if (thrown != null) {
            result.completeExceptionally(thrown);
        } else {
            result.complete(value);
        }
    }
}
