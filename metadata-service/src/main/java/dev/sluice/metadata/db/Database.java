package dev.sluice.metadata.db;

import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * The SQLite file: ours alone, migrated at start, read by a few platform threads with a read-only connection each (the driver's native
 * frames would pin the carriers of virtual threads). Writes go through {@link Committer}. Thread-safe.
 */
public final class Database implements AutoCloseable {
    private static final int READERS = 3;
    private static final int WRITER_CACHE_KIB = 16_384;
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);

    private final DataLock lock;
    private final String url;
    private final File log;
    private final Optional<Long> maxBytes;
    private final ExecutorService readers;

    @SuppressWarnings("ThreadLocalUsage") // one connection for each of the few threads of this instance
    private final ThreadLocal<@Nullable Transaction> reading = new ThreadLocal<>();

    /** Opens and migrates the file, unless another process has it; {@code maxBytes} is a configured full disk. */
    public Database(Path file, Optional<Long> maxBytes) {
        this.lock = DataLock.take(file);
        this.url = "jdbc:sqlite:" + file;
        this.log = new File(file + "-wal");
        this.maxBytes = maxBytes;
        sayThatThereIsALog();
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:db/migration")
                .loggers("auto")
                .load()
                .migrate();
        this.readers = Executors.newFixedThreadPool(
                READERS, Thread.ofPlatform().daemon().name("db-read-", 0).factory());
    }

    /** Runs a query that changes nothing. Sees all that was committed before. */
    public <T> T read(Function<Transaction, T> query) {
        Future<T> result = readers.submit(() -> query.apply(readTransaction()));
        try {
            return result.get(READ_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(e);
        } catch (TimeoutException e) {
            result.cancel(false);
            throw new DatabaseException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new DatabaseException(e);
        }
    }

    @Override
    public void close() {
        readers.shutdownNow();
        try {
            readers.awaitTermination(READ_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.close();
    }

    /** Says in the file that it has a write-ahead log, while nobody else has it open: beside others a connection may not say so. */
    private void sayThatThereIsALog() {
        try {
            openWithLog().close();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    Connection openWriter() throws SQLException {
        SQLiteConfig config = settings();
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        // what a savepoint would undo is kept in memory: in a file it costs more than the rows themselves
        config.setTempStore(TempStore.MEMORY);
        config.setCacheSize(-WRITER_CACHE_KIB);
        config.setGetGeneratedKeys(false);
        Connection connection = DriverManager.getConnection(url, config.toProperties());
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("pragma wal_autocheckpoint=0");
            statement.execute("pragma journal_size_limit=" + Checkpointer.MAX_BYTES);
        }
        if (maxBytes.isPresent()) {
            try (var statement = connection.createStatement();
                    var page = statement.executeQuery("pragma page_size")) {
                long pages = maxBytes.get() / page.getLong(1);
                statement.execute("pragma max_page_count=" + pages);
            }
        }
        return connection;
    }

    /** The write-ahead log, if there is one. */
    File log() {
        return log;
    }

    /** Asks for the log itself: a connection that nobody has used would never hear of one. */
    Connection openWithLog() throws SQLException {
        SQLiteConfig config = settings();
        config.setJournalMode(JournalMode.WAL);
        return DriverManager.getConnection(url, config.toProperties());
    }

    private Transaction readTransaction() throws SQLException {
        Transaction transaction = reading.get();
        if (transaction == null) {
            SQLiteConfig config = settings();
            config.setReadOnly(true);
            transaction = new Transaction(DriverManager.getConnection(url, config.toProperties()));
            reading.set(transaction);
        }
        return transaction;
    }

    private static SQLiteConfig settings() {
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SynchronousMode.FULL);
        config.setBusyTimeout(5000);
        config.enforceForeignKeys(true);
        return config;
    }
}
