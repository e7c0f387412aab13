package dev.sluice.metadata.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metadata.LocalServer;
import dev.sluice.metadata.Polling;
import dev.sluice.metadata.Standstill;
import dev.sluice.metadata.health.Readiness;
import dev.sluice.metadata.runtime.HaltPoints;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommitterTest {
    private static final String INSERT =
            "insert into gateway_boots (boot, name, beat, first_seen, last_seen) values (?, 'gw', 0, 0, 0)";

    private static final String FILL = """
            insert into health (id, at, filler) values (1, ?, ?)
            on conflict (id) do update set at = excluded.at, filler = excluded.filler
            """;

    @TempDir
    Path folder;

    @Test
    void oneBadPieceLeavesTheOthersOfItsBatchAlone() throws Exception {
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits(), HaltPoints.none());
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch all = new CountDownLatch(1);
            committer.commit(tx -> tx.update(INSERT, "taken"));
            List<Future<Integer>> good = new ArrayList<>();
            List<Future<Integer>> bad = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String boot = "boot-" + i;
                good.add(executor.submit(() -> {
                    all.await();
                    return committer.commit(tx -> tx.update(INSERT, boot));
                }));
                bad.add(executor.submit(() -> {
                    all.await();
                    return committer.commit(tx -> {
                        tx.update(INSERT, "half-" + boot);
                        return tx.update(INSERT, "taken");
                    });
                }));
            }

            all.countDown();

            for (Future<Integer> one : good) {
                assertThat(one.get()).isEqualTo(1);
            }
            for (Future<Integer> one : bad) {
                assertThatThrownBy(one::get).hasCauseInstanceOf(DatabaseException.class);
            }
            List<String> boots =
                    database.read(tx -> tx.list("select boot from gateway_boots", row -> row.text("boot")));
            assertThat(boots).hasSize(101).noneMatch(boot -> boot.startsWith("half-"));
            assertThat(committer.batches()).isLessThan(committer.committed());
        }
    }

    @Test
    void aPieceThatThrowsHasTheOthersHappenOnce() throws Exception {
        List<String> said = new ArrayList<>();
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits(), HaltPoints.none());
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Standstill standstill = new Standstill(1);
            Future<Boolean> first = executor.submit(() -> committer.commit(tx -> standstill.stand()));
            standstill.await();
            List<Future<Integer>> batch = new ArrayList<>();
            for (String boot : List.of("a", "bad", "b")) {
                int before = committer.waiting();
                batch.add(executor.submit(() -> committer.commit(tx -> write(tx, boot, said))));
                Polling.until(() -> committer.waiting() > before);
            }
            standstill.end();

            assertThat(first.get()).isTrue();
            assertThat(batch.get(0).get()).isEqualTo(1);
            assertThatThrownBy(batch.get(1)::get).hasRootCauseMessage("told to fail");
            assertThat(batch.get(2).get()).isEqualTo(1);
            assertThat(database.<List<String>>read(
                            tx -> tx.list("select boot from gateway_boots order by boot", row -> row.text("boot"))))
                    .containsExactly("a", "b");
            assertThat(said).containsExactly("a", "b");
        }
    }

    /** In a new file too, which has no log yet. */
    @Test
    void theFirstCommitDoesNotMindWhoReads() throws Exception {
        Standstill reading = new Standstill(1);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Boolean>> reader = executor.submit(
                    () -> database.read(tx -> tx.list("select 1 from flyway_schema_history", row -> reading.stand())));
            reading.await();
            try (Committer committer = new Committer(database, limits(), HaltPoints.none())) {
                int rows = committer.commit(tx -> tx.update(INSERT, "first"));
                assertThat(rows).isEqualTo(1);
            } finally {
                reading.end();
            }
            assertThat(reader.get()).isNotEmpty();
        }
    }

    @Test
    void whatIsDurableIsAnsweredWhileTheNextIsWritten() throws Exception {
        Standstill answering = new Standstill(1);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits(), HaltPoints.none());
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> first = executor.submit(() -> committer.commit(tx -> insert(tx, answering)));
            answering.await();
            Future<Integer> second = executor.submit(() -> committer.commit(tx -> tx.update(INSERT, "next")));
            Polling.until(() -> committer.committed() == 2);

            assertThat(first).isNotDone();
            assertThat(second).isNotDone();
            answering.end();

            assertThat(first.get()).isEqualTo(1);
            assertThat(second.get()).isEqualTo(1);
        }
    }

    @Test
    void whatIsDurableIsAnsweredBeforeTheEnd() throws Exception {
        Standstill answering = new Standstill(1);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Committer committer = new Committer(database, limits(), HaltPoints.none());
            Future<Integer> last = executor.submit(() -> committer.commit(tx -> insert(tx, answering)));
            answering.await();
            Future<?> closed = executor.submit(committer::close);
            Polling.until(() -> !committer.canWrite());
            assertThatThrownBy(() -> closed.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            answering.end();
            closed.get();

            assertThat(last.get()).isEqualTo(1);
        }
    }

    private static int insert(Transaction tx, Standstill answering) {
        tx.afterCommit(answering::stand);
        return tx.update(INSERT, "first");
    }

    @Test
    void whatCannotBeSaidKeepsNothingElseFromBeingSaid() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits(), HaltPoints.none())) {
            int first = committer.commit(tx -> {
                tx.afterCommit(() -> {
                    throw new IllegalStateException("told to fail");
                });
                tx.afterCommit(() -> said.add("a"));
                return tx.update(INSERT, "a");
            });
            int next = committer.commit(tx -> tx.update(INSERT, "b"));

            assertThat(first).isEqualTo(1);
            assertThat(next).isEqualTo(1);
            assertThat(said).containsExactly("a");
        }
    }

    private static int write(Transaction tx, String boot, List<String> said) {
        int rows = tx.update(INSERT, boot);
        if (boot.equals("bad")) {
            throw new IllegalStateException("told to fail");
        }
        tx.afterCommit(() -> said.add(boot));
        return rows;
    }

    @Test
    void theLogBeginsAnewHoweverMuchIsWritten() throws Exception {
        Path log = folder.resolve("t.db-wal");
        long threshold = Checkpointer.PAGES * 4096L;
        String[] megabytes = {"x".repeat(1 << 20), "y".repeat(1 << 20)}; // pages that do not change are not written
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits(), HaltPoints.none())) {
            for (int written = 0; written < 12 * (threshold >> 20); written++) {
                int at = written;
                committer.commit(tx -> tx.update(FILL, at, megabytes[at % 2]));
            }

            assertThat(Files.size(log)).isBetween(threshold, Checkpointer.MAX_BYTES + (4 << 20));
        }
    }

    /** Of a file that is new as well, and without the committing thread, which only comes in at four times the length. */
    @Test
    void aLongLogIsPutIntoTheFileBesideTheCommittingThread() throws Exception {
        Path file = folder.resolve("t.db");
        long threshold = Checkpointer.PAGES * 4096L;
        try (Database database = new Database(file, Optional.empty());
                Committer committer = new Committer(database, limits(), HaltPoints.none())) {
            for (int written = 0; written < 3 * (threshold >> 20) / 2; written++) {
                String megabyte = Integer.toString(written % 10).repeat(1 << 20);
                committer.commit(tx -> tx.update(FILL, 0, megabyte));
            }

            assertThat(Files.size(folder.resolve("t.db-wal"))).isLessThan(Checkpointer.MAX_BYTES);
            Polling.until(() -> file.toFile().length() > 1 << 20);
        }
    }

    @Test
    void aFullDatabaseFailsTheWriteAndRecovers() {
        try (Database database = new Database(folder.resolve("t.db"), Optional.of(300_000L));
                Committer committer = new Committer(database, limits(), HaltPoints.none())) {
            assertThatThrownBy(() -> committer.commit(tx -> {
                        for (int i = 0; i < 10_000; i++) {
                            tx.update(INSERT, "a-rather-long-name-of-a-boot-to-fill-the-file-" + i);
                        }
                        return null;
                    }))
                    .isInstanceOf(DatabaseException.class);
            assertThat(committer.canWrite()).isFalse();
            int onlyRead = committer.commit(
                    tx -> tx.list("select 1 as one", row -> row.number("one")).size());
            assertThat(onlyRead).isEqualTo(1);
            assertThat(committer.canWrite()).isFalse();

            int rows = committer.commit(tx -> tx.update(INSERT, "small"));

            assertThat(rows).isEqualTo(1);
            assertThat(committer.canWrite()).isTrue();
        }
    }

    @Test
    void anErrorInTheCommittingThreadEndsTheProcess() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits(), HaltPoints.none(), ended::countDown);
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> work = executor.submit(() -> committer.commit(tx -> {
                throw new StackOverflowError("too deep");
            }));

            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(work.isDone()).isFalse();
            work.cancel(true);
        }
    }

    @Test
    void aStalledCommitterIsAnswered503AndNotReady() throws Exception {
        Standstill standstill = new Standstill(1);
        Committer.Limits limits = new Committer.Limits(1, Duration.ofMillis(50), 1);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits, HaltPoints.none());
                HttpClient http = HttpClient.newHttpClient();
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> halted = executor.submit(() -> committer.commit(tx -> standstill.stand()));
            standstill.await();
            Future<Integer> waiting = executor.submit(() -> committer.commit(tx -> 2));
            WebServer server = LocalServer.start(
                    HttpRouting.builder().post("/write", (req, res) -> res.send("rows " + committer.commit(tx -> 3))));
            try {
                Polling.until(() -> committer.waiting() > 0);
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/write"))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("retry-after")).contains("1");
                assertThat(answer.body()).contains("\"code\":\"busy\"");
                assertThat(new Readiness(database, committer, Clock.systemUTC(), Duration.ofSeconds(1)).trouble())
                        .isPresent();
            } finally {
                standstill.end();
                server.stop();
            }
            assertThat(halted.get()).isTrue();
            assertThat(waiting.get()).isEqualTo(2);
        }
    }

    private static Committer.Limits limits() {
        return new Committer.Limits(1024, Duration.ofSeconds(2), 256);
    }
}
