package dev.sluice.metadata.db;

import dev.sluice.metadata.runtime.HaltPoints;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The only writer: takes waiting pieces of work, runs them in one transaction, commits (fsync) once, and only then has them all answered,
 * in the order of the commits, while it goes on with those that came meanwhile. Hand-over never blocks for ever. Thread-safe.
 */
public final class Committer implements AutoCloseable {
    /** Limits of the hand-over and of one commit. */
    public record Limits(int queue, Duration offerTimeout, int batch) {}

    private static final Logger LOG = System.getLogger(Committer.class.getName());
    private static final int EXIT_BROKEN = 70;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

    private final Database database;
    private final Limits limits;
    private final HaltPoints haltPoints;
    private final BlockingQueue<Piece<?>> queue;
    private final Runnable broken;
    private final Checkpointer checkpointer;
    private final Thread thread;
    /** Answers, and says in the log what has happened; holds no more than there are callers waiting. */
    private final ExecutorService answering = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("answers").factory());

    private final AtomicLong batches = new AtomicLong();
    private final AtomicLong commits = new AtomicLong();
    private volatile boolean open = true;
    private volatile boolean failing;

    public Committer(Database database, Limits limits, HaltPoints haltPoints) {
        this(database, limits, haltPoints, () -> Runtime.getRuntime().halt(EXIT_BROKEN));
    }

    /** {@code broken} is run when the committing thread cannot go on: nothing could be written any more. */
    Committer(Database database, Limits limits, HaltPoints haltPoints, Runnable broken) {
        this.broken = broken;
        this.database = database;
        this.limits = limits;
        this.haltPoints = haltPoints;
        this.queue = new ArrayBlockingQueue<>(limits.queue());
        this.checkpointer = new Checkpointer(database);
        this.thread = Thread.ofPlatform().name("committer").start(() -> runOrHalt(this::run));
    }

    /**
     * Runs {@code work} and returns its value once it is durable. What it throws is thrown here, and nothing of it is kept; others in the
     * same batch are not touched by that. {@code work} must have no effect but on its transaction, or one that may happen twice: when
     * another piece of its batch throws, all of them are undone and run once more.
     *
     * @throws BusyException the queue stayed full for the configured time
     * @throws DatabaseException the database failed, or did not answer within 30 s: then the outcome is unknown
     */
    public <T> T commit(Function<Transaction, T> work) {
        Piece<T> piece = new Piece<>(work);
        try {
            if (!queue.offer(piece, limits.offerTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BusyException("the committer's queue stayed full for " + limits.offerTimeout());
            }
            if (!open) {
                throw new DatabaseException("the committer has stopped");
            }
            return piece.result().get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new DatabaseException(e);
        } catch (TimeoutException e) {
            throw new DatabaseException(e);
        }
    }

    /** False from the first write or commit that the disk or the file did not take until the next one that it took. */
    public boolean canWrite() {
        return open && thread.isAlive() && !failing;
    }

    public int waiting() {
        return queue.size();
    }

    /** Pieces of work made durable, and how many commits that took. */
    public long committed() {
        return commits.get();
    }

    public long batches() {
        return batches.get();
    }

    /** Commits what is waiting and answers it, then stops. */
    @Override
    public void close() {
        open = false;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answering.close();
        checkpointer.close();
    }

    private void runOrHalt(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            try {
                LOG.log(Level.ERROR, "committer broken, the process ends", e);
            } finally {
                broken.run();
            }
        }
    }

    private void run() {
        @Nullable Writer writer = null;
        while (open || !queue.isEmpty()) {
            List<Piece<?>> batch = take();
            if (batch.isEmpty()) {
                continue;
            }
            try {
                if (writer == null) {
                    writer = new Writer(database.openWriter());
                }
                write(writer, batch);
            } catch (SQLException | RuntimeException e) {
                DatabaseException failure = e instanceof DatabaseException known ? known : new DatabaseException(e);
                fails(failure);
                fail(batch, failure);
                writer = discard(writer);
            }
        }
        discard(writer);
    }

    /** One line for the whole time in which nothing can be written. */
    private void fails(DatabaseException failure) {
        if (!failing) {
            failing = true;
            LOG.log(Level.ERROR, failure.full() ? "database full" : "database not writable", failure);
        }
    }

    private void works(boolean wrote) {
        if (failing && wrote) {
            failing = false;
            LOG.log(Level.INFO, "database writable again");
        }
    }

    private List<Piece<?>> take() {
        List<Piece<?>> batch = new ArrayList<>();
        try {
            Piece<?> first = open ? queue.take() : queue.poll();
            if (first != null) {
                batch.add(first);
                queue.drainTo(batch, limits.batch() - 1);
            }
        } catch (InterruptedException e) {
            // close() has been called: go on with what is waiting
        }
        return batch;
    }

    private void write(Writer writer, List<Piece<?>> batch) throws SQLException {
        Notes notes = writer.run(batch);
        notes.moments().forEach(moment -> haltPoints.reached(moment.before()));
        writer.commit();
        batches.incrementAndGet();
        commits.addAndGet(batch.size());
        works(notes.hasWritten());
        answering.execute(() -> runOrHalt(() -> answer(batch, notes)));
        checkpointer.committed();
        if (checkpointer.takeRestartDue()) {
            writer.restartLog(checkpointer);
        }
    }

    private void answer(List<Piece<?>> batch, Notes notes) {
        notes.moments().forEach(moment -> haltPoints.reached(moment.after()));
        notes.afterCommit().forEach(Committer::say);
        batch.forEach(Piece::answer);
    }

    /** All is durable: what one action fails at must not keep the others, or the answers, from being said. */
    private static void say(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "committed but not said", e);
        }
    }

    private static void fail(List<Piece<?>> batch, DatabaseException failure) {
        batch.forEach(piece -> piece.result().completeExceptionally(failure));
    }

    private static @Nullable Writer discard(@Nullable Writer writer) {
        if (writer != null) {
            try {
                writer.close();
            } catch (SQLException e) {
                LOG.log(Level.WARNING, "writer not closed", e);
            }
        }
        return null;
    }
}
