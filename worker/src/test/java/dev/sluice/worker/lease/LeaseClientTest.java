package dev.sluice.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.worker.Examples;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeaseClientTest {
    private static final Lease LEASE =
            new Lease("job-1", "job-1.1", "quick", 1, Duration.ofSeconds(30), JsonObject.EMPTY_JSON_OBJECT);

    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private URI url;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void readsTheHeartbeatAnswerOfTheExample() throws InterruptedException {
        answer(Examples.read("lease-heartbeat-answer.json").toString(), false);

        assertThat(client(Duration.ofSeconds(30)).heartbeat(LEASE)).isEqualTo(LeaseClient.Beat.ALIVE);
    }

    @Test
    void doesNotWaitForTheRestOfAHalfSentAnswer() {
        answer("{\"lease_ms\":", true);

        assertThatThrownBy(() -> client(Duration.ofSeconds(1)).heartbeat(LEASE)).isInstanceOf(MetadataException.class);
    }

    @Test
    void readsLeasesUpToTheirLimitAndNoFurther() throws InterruptedException {
        String leases = Examples.read("lease-answer.json").toString();
        String longest = " ".repeat(LeaseClient.MOST_ANSWERED - leases.length()) + leases;
        answer(longest, false);
        assertThat(lease()).hasSize(1);
        server.removeContext("/");
        answer(" " + longest, false);

        assertThatThrownBy(this::lease)
                .isInstanceOf(MetadataException.class)
                .hasMessage("no answer from " + url + ": java.io.IOException: body exceeds capacity: 8388608");
    }

    @Test
    void asksWithoutAProxy() throws Exception {
        answer(Examples.read("lease-heartbeat-answer.json").toString(), false);
        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(silent.getLocalPort()));
            System.setProperty("http.nonProxyHosts", "");

            assertThat(client(Duration.ofSeconds(30)).heartbeat(LEASE)).isEqualTo(LeaseClient.Beat.ALIVE);
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
    }

    private List<Lease> lease() throws InterruptedException {
        return client(Duration.ofSeconds(30))
                .lease(new LeaseRequest(
                        new LeaseRequest.WorkerId("w-1", "boot"),
                        new LeaseRequest.Queue("jobs", List.of("verify"), 1),
                        1,
                        Duration.ofSeconds(20),
                        0,
                        new Stats(7, 8)));
    }

    private LeaseClient client(Duration patience) {
        return new LeaseClient(url, "token", patience);
    }

    private void answer(String text, boolean half) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, half ? bytes.length + 10L : bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.getResponseBody().flush();
                if (half) {
                    end.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
