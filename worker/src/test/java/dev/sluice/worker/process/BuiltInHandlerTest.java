package dev.sluice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.Outcome;
import dev.sluice.worker.lease.Outcome.Failure;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BuiltInHandlerTest {
    private static final byte[] CONTENT = "123456789".getBytes(StandardCharsets.US_ASCII);
    /** The check value that every description of CRC-32C gives for these nine bytes. */
    private static final String CRC32C = "4waSgw==";

    private static final String SHA256 = "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225";
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path state;

    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private final List<ChildPool> pools = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/object", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, CONTENT.length);
                exchange.getResponseBody().write(CONTENT);
            }
        });
        server.createContext("/hangs", exchange -> {
            try (exchange) {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        pools.forEach(ChildPool::close);
        over.countDown();
        server.stop(0);
        assertThat(records()).isEmpty();
    }

    @Test
    void verifiesWhatWasAnnounced() throws InterruptedException {
        Outcome.Completed completed =
                (Outcome.Completed) work(handler(100, LONG), "/object", payload(9, CRC32C, SHA256));

        assertThat(completed.result().getInt("size")).isEqualTo(9);
        assertThat(completed.result().getString("crc32c")).isEqualTo(CRC32C);
        assertThat(completed.result().getString("sha256")).isEqualTo(SHA256);
        assertThat(completed.run().orElseThrow().maxRssBytes().orElseThrow()).isPositive();
        assertThat(completed.run().orElseThrow().cpuMillis()).isPresent();
    }

    @Test
    void computesWhatWasNotAnnounced() throws InterruptedException {
        JsonObject payload = Json.createObjectBuilder()
                .add("size", 9)
                .addNull("crc32c")
                .addNull("sha256")
                .build();

        assertThat(work(handler(100, LONG), "/object", payload)).isInstanceOf(Outcome.Completed.class);
    }

    @Test
    void aDifferenceIsFinal() throws InterruptedException {
        BuiltInHandler handler = handler(100, LONG);

        List<Outcome> outcomes = List.of(
                work(handler, "/object", payload(10, CRC32C, SHA256)),
                work(handler, "/object", payload(9, "AAAAAA==", SHA256)),
                work(handler, "/object", payload(9, CRC32C, "00")));

        assertThat(outcomes).allSatisfy(outcome -> {
            Outcome.Failed failed = (Outcome.Failed) outcome;
            assertThat(failed.failure()).isEqualTo(Failure.FAILED);
            assertThat(failed.retryable()).isFalse();
        });
        assertThat(((Outcome.Failed) outcomes.getFirst()).error()).isEqualTo("size 9 in the store, 10 announced");
    }

    @Test
    void aMissingObjectMayBeTriedAgain() throws InterruptedException {
        Outcome.Failed failed = (Outcome.Failed) work(handler(100, LONG), "/missing", payload(9, CRC32C, SHA256));

        assertThat(failed.failure()).isEqualTo(Failure.FAILED);
        assertThat(failed.retryable()).isTrue();
        assertThat(failed.error()).contains("404");
    }

    @Test
    void replacesAChildAfterItsShareOfJobs() throws Exception {
        BuiltInHandler handler = handler(3, LONG);

        long first = childAfterJob(handler);
        long second = childAfterJob(handler);
        long third = childAfterJob(handler);

        assertThat(second).isEqualTo(first);
        assertThat(third).isNotEqualTo(first);
        for (ProcessHandle worn : ProcessHandle.of(first).stream().toList()) {
            worn.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aDeadChildIsACrashAndTheNextJobGetsAnother() throws Exception {
        BuiltInHandler handler = handler(100, LONG);
        server.createContext("/kills", exchange -> {
            ownChildren().forEach(ProcessHandle::destroyForcibly);
            exchange.close();
        });

        Outcome.Failed failed = (Outcome.Failed) work(handler, "/kills", payload(9, CRC32C, SHA256));

        assertThat(failed.failure()).isEqualTo(Failure.CRASHED);
        assertThat(failed.run().orElseThrow().exitCode()).hasValue(137);
        assertThat(work(handler, "/object", payload(9, CRC32C, SHA256))).isInstanceOf(Outcome.Completed.class);
    }

    @Test
    void endsAChildThatIsTooSlow() throws Exception {
        Outcome.Failed failed =
                (Outcome.Failed) work(handler(100, Duration.ofSeconds(2)), "/hangs", payload(9, CRC32C, SHA256));

        assertThat(failed.failure()).isEqualTo(Failure.TIMED_OUT);
    }

    @Test
    void aChildThatCannotStartFailsTheJobButIsNoCrashOfIt() throws Exception {
        BuiltInHandler handler =
                handler(new BuiltInSpec(LONG, LONG, "1k", 100, Optional.empty())); // less than any JVM takes

        Outcome.Failed first = (Outcome.Failed) work(handler, "/object", payload(9, CRC32C, SHA256));
        Outcome.Failed second = (Outcome.Failed) work(handler, "/object", payload(9, CRC32C, SHA256));

        assertThat(List.of(first, second)).allSatisfy(failed -> {
            assertThat(failed.failure()).isEqualTo(Failure.FAILED);
            assertThat(failed.retryable()).isTrue();
            assertThat(failed.error()).isEqualTo("no child JVM came up: exit code 1");
        });
    }

    @RepeatedTest(5)
    void aPoolClosedWhileAChildStartsLeavesNone() throws Exception {
        handler(100, LONG);
        ChildPool pool = pools.getLast();

        pool.startAhead();
        pool.close();

        assertThat(records()).isEmpty();
    }

    private BuiltInHandler handler(int jobsPerChild, Duration soft) {
        return handler(new BuiltInSpec(soft, soft.plusSeconds(1), "64m", jobsPerChild, Optional.empty()));
    }

    private BuiltInHandler handler(BuiltInSpec spec) {
        Tools tools = Tools.find(System.getenv("PATH"));
        Spawner spawner = new Spawner(tools, new GroupRecords(state, tools));
        ChildPool pool = new ChildPool(spawner, spec, state, System.getenv());
        pools.add(pool);
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return new BuiltInHandler(pool, spec, payload -> url + payload.getString("path"));
    }

    private static Outcome work(BuiltInHandler handler, String path, JsonObject payload) throws InterruptedException {
        JsonObject full = Json.createObjectBuilder(payload).add("path", path).build();
        return handler.work(new Lease("job", "job.1", "verify", 1, LONG, full));
    }

    private long childAfterJob(BuiltInHandler handler) throws InterruptedException, NoChildException {
        assertThat(work(handler, "/object", payload(9, CRC32C, SHA256))).isInstanceOf(Outcome.Completed.class);
        ChildPool pool = pools.getLast();
        ChildJvm child = pool.take();
        pool.giveBack(child);
        return child.group().pid();
    }

    private static List<ProcessHandle> ownChildren() {
        return ProcessHandle.current().children().toList();
    }

    private static JsonObject payload(long size, String crc32c, String sha256) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("size", size);
        return json.add("crc32c", crc32c).add("sha256", sha256).build();
    }

    private List<Path> records() throws IOException {
        try (Stream<Path> files = Files.list(state.resolve("groups"))) {
            return files.toList();
        }
    }
}
