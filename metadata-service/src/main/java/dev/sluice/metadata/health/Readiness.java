package dev.sluice.metadata.health;

import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.DatabaseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Says whether work can be done, by doing some: a row is written through the committer and read back by a database thread. Asked for
 * oftener than once a second it repeats itself. Thread-safe.
 */
public final class Readiness {
    private static final String WRITE = """
            insert into health (id, at, filler) values (1, ?, ?)
            on conflict (id) do update set at = excluded.at, filler = excluded.filler
            """;
    // needs more pages than an upload's rows and all their indexes may: what is too full for them is too full for this
    private static final String FILLER = "x".repeat(65_536);
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Database database;
    private final Committer committer;
    private final Clock clock;
    private final Duration limit;
    private final ReentrantLock lock = new ReentrantLock();
    private FutureTask<Optional<String>> check = new FutureTask<>(Optional::empty);
    private Optional<String> trouble = Optional.of("not yet checked");
    private long checkedAt = System.nanoTime() - FRESH.toNanos();

    public Readiness(Database database, Committer committer, Clock clock, Duration limit) {
        this.database = database;
        this.committer = committer;
        this.clock = clock;
        this.limit = limit;
        check.run();
    }

    /** What is wrong, or empty. */
    public Optional<String> trouble() {
        lock.lock();
        try {
            if (System.nanoTime() - checkedAt >= FRESH.toNanos()) {
                trouble = look();
                checkedAt = System.nanoTime();
            }
            return trouble;
        } finally {
            lock.unlock();
        }
    }

    /** While an earlier look hangs there is no second one: it would only hang too. */
    private Optional<String> look() {
        if (check.isDone()) {
            check = new FutureTask<>(this::work);
            Thread.ofVirtual().name("readiness").start(check);
        }
        try {
            return check.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Optional.of("the database did no work for " + limit);
        } catch (ExecutionException e) {
            return Optional.of(
                    e.getCause() instanceof DatabaseException failure && failure.full()
                            ? "the database is full"
                            : "the database fails: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    private Optional<String> work() {
        long now = clock.millis();
        committer.commit(tx -> tx.update(WRITE, now, FILLER) + tx.update(WRITE, now, ""));
        long read = database.read(tx -> tx.first("select at from health where id = 1", row -> row.number("at")))
                .orElse(-1L);
        return read >= now ? Optional.empty() : Optional.of("a written row was not read back");
    }
}
