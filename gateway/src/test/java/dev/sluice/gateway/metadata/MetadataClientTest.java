package dev.sluice.gateway.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetadataClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void asksWithoutAProxy() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] answer = "{\"now_ms\":1}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        });
        server.start();
        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(silent.getLocalPort()));
            System.setProperty("http.nonProxyHosts", "");
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());

            try (MetadataClient client = client(url)) {
                assertThat(client.beat(1, List.of(), PATIENCE)).isTrue();
            }
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
            server.stop(0);
        }
    }

    private static MetadataClient client(URI url) {
        MessageSignature signature =
                MessageSignature.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow();
        MetadataSettings settings =
                new MetadataSettings(url, "gw-1", "token", signature, PATIENCE, PATIENCE, Duration.ofMinutes(1));
        return new MetadataClient(settings, new Clocks(settings.maxClockSkew()), UUID.randomUUID());
    }
}
