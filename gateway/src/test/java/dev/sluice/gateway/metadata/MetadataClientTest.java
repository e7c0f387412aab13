package dev.sluice.gateway.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.gateway.LogLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetadataClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Trace TRACE = new Trace("c-1", Optional.empty());
    private static final Caller CALLER = new Caller(Optional.empty(), "127.0.0.1", TRACE);

    private static final Intent INTENT = new Intent(
            Optional.empty(),
            Optional.empty(),
            "127.0.0.1",
            TRACE,
            "PUT",
            Optional.of("a"),
            "text/plain",
            OptionalLong.empty(),
            Optional.empty(),
            false,
            Optional.empty());

    private HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile IntUnaryOperator status = number -> 200;
    private volatile String answer = "{\"now_ms\":1}";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status.applyAsInt(asked.incrementAndGet()), bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void readsAnswersOfAMebibyteAndNoLonger() {
        String longest = " ".repeat((1 << 20) - answer.length()) + answer;
        try (MetadataClient client = client()) {
            answer = longest;
            assertThat(client.beat(1, List.of(), PATIENCE)).isTrue();

            answer = " " + longest;
            assertThat(client.beat(2, List.of(), PATIENCE)).isFalse();
        }
    }

    @Test
    void asksWithoutAProxy() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(silent.getLocalPort()));
            System.setProperty("http.nonProxyHosts", "");
            try (MetadataClient client = client()) {
                assertThat(client.beat(1, List.of(), PATIENCE)).isTrue();
            }
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
    }

    @Test
    void takesATryThatBreaksForAFailedOneAndSaysSoOnce() {
        String deep = "[".repeat(5000);
        Report completion = new Report.Completion(
                UUID.randomUUID(), TRACE, "a", 1, "b", "k", 1, "c", Optional.empty(), "e", Optional.empty(), 1, 2);
        try (MetadataClient client = client(Duration.ofSeconds(1));
                LogLines log = new LogLines(MetadataClient.class)) {
            answer = "{\"receipt\":" + deep;

            assertThatThrownBy(() -> client.mayRead("a", CALLER))
                    .isInstanceOf(MetadataException.class)
                    .hasMessageContaining("our fault");
            assertThatThrownBy(() -> client.tell(completion, PATIENCE)).isInstanceOf(MetadataException.class);
            assertThat(client.beat(1, List.of(), PATIENCE)).isFalse();
            assertThat(log.lines).singleElement().asString().startsWith("exchange failed by our fault");

            answer = "{\"now_ms\":1}";
            assertThat(client.beat(2, List.of(), PATIENCE)).isTrue();
            answer = "{\"receipt\":" + deep;
            assertThat(client.beat(3, List.of(), PATIENCE)).isFalse();
            assertThat(log.lines).hasSize(2);
        }
    }

    @Test
    void saysWhyTheFirstTryForADecisionFailed() {
        status = number -> number == 1 ? 500 : 503;
        try (MetadataClient client = client(Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> client.mayRead("a", CALLER))
                    .isInstanceOf(MetadataException.class)
                    .hasMessage("no decision within PT1S: status 500 without a decision");
        }
        assertThat(asked).hasValueGreaterThan(1);
    }

    @Test
    void saysWhyTheFirstTryOfAReportFailed() {
        status = number -> number == 1 ? 500 : 503;
        Report report = new Report.InDoubt(UUID.randomUUID(), TRACE, 1, "");
        try (MetadataClient client = client();
                Reports reports = new Reports(client);
                LogLines log = new LogLines(Reports.class)) {
            assertThat(reports.send(report, Duration.ofSeconds(1), () -> {})).isEmpty();

            assertThat(asked).hasValueGreaterThan(1);
            assertThat(log.lines).first().asString().endsWith("reason=\"status 500\"");
        }
    }

    @Test
    void throwsBackAReportThatCannotBeWritten() {
        Report report = new Report.InDoubt(UUID.randomUUID(), new Trace("a\r\nb", Optional.empty()), 1, "");
        AtomicInteger answered = new AtomicInteger();
        try (MetadataClient client = client();
                Reports reports = new Reports(client)) {
            assertThatThrownBy(() -> reports.send(report, PATIENCE, answered::incrementAndGet))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(answered).hasValue(1);
            assertThat(reports.waiting()).isZero();
            assertThat(asked).hasValue(0);
        }
    }

    @Test
    void takesNoDecisionAboutAnotherRequest() {
        UUID request = UUID.randomUUID();
        String decision = """
                {"decision": "receive", "now_ms": 1, "upload_id": "a", "owner": "a", "attempt": 1, "bucket": "uploads",
                 "key": "u/%s", "max_bytes": 9}
                """;
        try (MetadataClient client = client(Duration.ofSeconds(1))) {
            answer = decision.formatted(request);
            assertThat(client.intent(request, INTENT)).isInstanceOf(Decision.Receive.class);

            answer = decision.formatted(UUID.randomUUID());
            assertThatThrownBy(() -> client.intent(request, INTENT))
                    .isInstanceOf(MetadataException.class)
                    .hasMessageContaining("without a decision");
        }
    }

    private MetadataClient client() {
        return client(PATIENCE);
    }

    private MetadataClient client(Duration intentTimeout) {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        MessageSignature signature =
                MessageSignature.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow();
        MetadataSettings settings =
                new MetadataSettings(url, "gw-1", "token", signature, PATIENCE, intentTimeout, Duration.ofMinutes(1));
        return new MetadataClient(settings, new Clocks(settings.maxClockSkew()), UUID.randomUUID());
    }
}
