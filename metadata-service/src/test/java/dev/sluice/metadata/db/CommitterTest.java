package dev.sluice.metadata.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metadata.Polling;
import dev.sluice.metadata.health.Readiness;
import dev.sluice.metadata.http.Problems;
import dev.sluice.metadata.runtime.HaltPoints;
import io.helidon.webserver.WebServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitterTest {
    private static final String INSERT =
            "insert into gateway_boots (boot, name, beat, first_seen, last_seen) values (?, 'gw', 0, 0, 0)";

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
        CountDownLatch stalled = new CountDownLatch(1);
        Committer.Limits limits = new Committer.Limits(1, Duration.ofMillis(50), 1);
        try (Database database = new Database(folder.resolve("t.db"), Optional.empty());
                Committer committer = new Committer(database, limits, HaltPoints.none());
                HttpClient http = HttpClient.newHttpClient();
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch begun = new CountDownLatch(1);
            Future<Integer> halted = executor.submit(() -> committer.commit(tx -> {
                begun.countDown();
                awaitQuietly(stalled);
                return 1;
            }));
            begun.await();
            Future<Integer> waiting = executor.submit(() -> committer.commit(tx -> 2));
            WebServer server = WebServer.builder()
                    .port(0)
                    .host("127.0.0.1")
                    .routing(routing -> {
                        routing.post("/write", (req, res) -> res.send("rows " + committer.commit(tx -> 3)));
                        Problems.register(routing);
                    })
                    .build()
                    .start();
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
                stalled.countDown();
                server.stop();
            }
            assertThat(halted.get()).isEqualTo(1);
            assertThat(waiting.get()).isEqualTo(2);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Committer.Limits limits() {
        return new Committer.Limits(1024, Duration.ofSeconds(2), 256);
    }
}
