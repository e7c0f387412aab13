package dev.sluice.metadata.db;

import dev.sluice.metadata.runtime.Signal;
import java.io.File;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Puts a write-ahead log that has grown long into the file, beside the committing thread, so that no commit waits for that. What is
 * written meanwhile is left to the committing thread: only between two of its transactions can the log begin anew. Thread-safe.
 */
final class Checkpointer implements AutoCloseable {
    /** Opens a connection of its own for it. */
    interface Source {
        Connection open() throws SQLException;
    }

    /** Pages of 4 KiB in the log before they are put in their places: a full batch alone writes some hundred. */
    static final int PAGES = 8192;
    /** The log's length from which on the committing thread waits until it can begin anew; after that the file is as long again. */
    static final long MAX_BYTES = 4L * PAGES * 4096;

    private static final Logger LOG = System.getLogger(Checkpointer.class.getName());
    private static final Duration PACE = Duration.ofMillis(20);

    private final Source source;
    private final File log;
    private final Signal commits = new Signal();
    private final AtomicBoolean restartDue = new AtomicBoolean();
    private final Thread thread;
    private boolean failing;

    Checkpointer(Database database) {
        this(database::openWithLog, database.log());
    }

    Checkpointer(Source source, File log) {
        this.source = source;
        this.log = log;
        this.thread = Thread.ofPlatform().daemon().name("checkpointer").start(this::run);
    }

    /** To be called after each commit. */
    void committed() {
        commits.raise();
    }

    /** Whether the committing thread should put the rest of the log in its place now. */
    boolean takeRestartDue() {
        return restartDue.getAndSet(false) || log.length() > MAX_BYTES;
    }

    /** Puts as much of the log in its place as readers allow, one thread at a time; the connection must be in no transaction. */
    synchronized void checkpoint(Connection connection) throws SQLException {
        pagesInLog(connection, "passive");
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        @Nullable Connection connection = null;
        try {
            while (true) {
                long seen = commits.version();
                connection = look(connection);
                commits.await(seen, Long.MAX_VALUE);
                Thread.sleep(PACE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(connection);
        }
    }

    /** What fails is tried again after a later commit: until then the log only grows. */
    private @Nullable Connection look(@Nullable Connection known) {
        @Nullable Connection connection = known;
        try {
            if (connection == null) {
                connection = source.open();
            }
            if (pagesInLog(connection, "noop") >= PAGES) {
                checkpoint(connection);
                restartDue.set(true);
            }
            failing = false;
            return connection;
        } catch (SQLException e) {
            if (!failing) {
                failing = true;
                LOG.log(Level.WARNING, "database log not put in its place", e);
            }
            close(connection);
            return null;
        }
    }

    private static int pagesInLog(Connection connection, String mode) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma wal_checkpoint(" + mode + ")")) {
            return row.getInt("log");
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.log(Level.WARNING, "checkpointer not closed", e);
        }
    }
}
