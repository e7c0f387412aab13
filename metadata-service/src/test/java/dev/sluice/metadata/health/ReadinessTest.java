package dev.sluice.metadata.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Standstill;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.DatabaseException;
import dev.sluice.metadata.runtime.HaltPoints;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** As many as a database has (Database.READERS). */
    private static final int READERS = 3;

    @TempDir
    Path folder;

    @Test
    void isReadyWhenARowCanBeWrittenAndRead() {
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = committer(database)) {
            assertThat(new Readiness(database, committer, Clock.systemUTC(), LIMIT).trouble())
                    .isEmpty();
        }
    }

    @Test
    void isNotReadyWhenTheDatabaseIsFull() {
        try (Database database = new Database(folder.resolve("t.db"), Optional.of(300_000L));
                Committer committer = committer(database)) {
            fill(committer);

            assertThat(new Readiness(database, committer, Clock.systemUTC(), LIMIT).trouble())
                    .contains("the database is full");
        }
    }

    @Test
    void isNotReadyWhileTheCommitterHangs() throws InterruptedException {
        Standstill standstill = new Standstill(1);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = committer(database)) {
            Thread.startVirtualThread(() -> committer.commit(tx -> standstill.stand()));
            standstill.await();

            Optional<String> trouble =
                    new Readiness(database, committer, Clock.systemUTC(), Duration.ofMillis(300)).trouble();
            standstill.end();

            assertThat(trouble).contains("the database did no work for PT0.3S");
        }
    }

    @Test
    void isNotReadyWhileNoDatabaseThreadIsFree() throws InterruptedException {
        Standstill standstill = new Standstill(READERS);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = committer(database)) {
            assertThat(new Readiness(database, committer, Clock.systemUTC(), LIMIT).trouble())
                    .isEmpty();
            for (int i = 0; i < READERS; i++) {
                Thread.startVirtualThread(() -> database.read(tx -> standstill.stand()));
            }
            standstill.await();

            Optional<String> trouble =
                    new Readiness(database, committer, Clock.systemUTC(), Duration.ofMillis(300)).trouble();
            standstill.end();

            assertThat(trouble).contains("the database did no work for PT0.3S");
            assertThat(committer.canWrite()).isTrue();
            assertThat(new Readiness(database, committer, Clock.systemUTC(), LIMIT).trouble())
                    .isEmpty();
        }
    }

    /** Until not even one row more fits. */
    private static void fill(Committer committer) {
        try {
            for (int i = 0; ; i++) {
                String boot = "boot-" + i + "-".repeat(500);
                committer.commit(tx -> tx.update("insert into gateway_boots values (?, 'gw', 0, 0, 0)", boot));
            }
        } catch (DatabaseException e) {
            assertThat(e).hasMessageContaining("SQLite");
        }
    }

    private static Committer committer(Database database) {
        return new Committer(database, new Committer.Limits(64, Duration.ofSeconds(1), 16), HaltPoints.none());
    }
}
