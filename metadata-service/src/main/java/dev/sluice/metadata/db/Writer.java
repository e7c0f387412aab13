package dev.sluice.metadata.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The connection that writes, always inside a transaction, and the statements around pieces of work. Belongs to the committing thread. */
final class Writer implements AutoCloseable {
    private final Connection connection;
    private final Transaction transaction;
    /** The driver would prepare each of the three anew for every piece. */
    private final PreparedStatement savepoint;

    private final PreparedStatement release;
    private final PreparedStatement rollback;

    Writer(Connection connection) throws SQLException {
        this.connection = connection;
        this.transaction = new Transaction(connection);
        this.savepoint = connection.prepareStatement("savepoint piece");
        this.release = connection.prepareStatement("release piece");
        this.rollback = connection.prepareStatement("rollback to piece");
    }

    /**
     * Runs each piece; one that throws leaves nothing behind and does not touch the others. For that SQLite would have to keep, for every
     * piece, each page that it changes: so first all run as if none threw.
     *
     * @return what they said beside their rows
     */
    Notes run(List<Piece<?>> batch) throws SQLException {
        if (!together(batch)) {
            connection.rollback();
            transaction.backTo(new Notes());
            apart(batch);
        }
        return transaction.close();
    }

    private boolean together(List<Piece<?>> batch) {
        for (Piece<?> piece : batch) {
            if (!piece.run(transaction)) {
                return false;
            }
        }
        return true;
    }

    private void apart(List<Piece<?>> batch) throws SQLException {
        for (Piece<?> piece : batch) {
            Notes before = transaction.notes().copy();
            savepoint.execute();
            if (!piece.run(transaction)) {
                rollback.execute();
                transaction.backTo(before);
            }
            release.execute();
        }
    }

    /** Durable when it returns. */
    void commit() throws SQLException {
        connection.commit();
    }

    /** Puts the rest of the log in its place: unless a reader is at it, what is written next begins the log anew. */
    void restartLog(Checkpointer checkpointer) throws SQLException {
        connection.setAutoCommit(true);
        try {
            checkpointer.checkpoint(connection);
        } catch (SQLException e) {
            // commits need no room in the file, only in the log; the checkpointer will meet the same and say so
        }
        connection.setAutoCommit(false);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
