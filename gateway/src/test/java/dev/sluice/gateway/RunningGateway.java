package dev.sluice.gateway;

import dev.sluice.gateway.runtime.HaltPoints;
import dev.sluice.gateway.storage.InMemoryObjectStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A gateway on free ports with a store in memory and a scripted metadata service. */
final class RunningGateway implements AutoCloseable {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final InMemoryObjectStore store = new InMemoryObjectStore();
    final FakeMetadata metadata;
    final Gateway gateway;

    /** Takes what differs from the defaults, and from times that even the first upload of a JVM keeps. */
    RunningGateway(Path folder, String... overrides) throws IOException {
        metadata = new FakeMetadata();
        Map<String, String> values = new HashMap<>(values(folder));
        values.put("gateway.metadata-url", metadata.url().toString());
        values.put("gateway.stall", "PT60S");
        for (String override : overrides) {
            int equals = override.indexOf('=');
            values.put(override.substring(0, equals), override.substring(equals + 1));
        }
        gateway = new Gateway(GatewayConfig.from(values), store, HaltPoints.none());
    }

    /** A whole configuration. */
    static Map<String, String> values(Path folder) throws IOException {
        Files.writeString(folder.resolve("token"), "token-1\n");
        Files.writeString(folder.resolve("signing"), SECRET);
        Files.writeString(folder.resolve("secret"), "store-secret");
        Map<String, String> values = new HashMap<>();
        values.put("storage.url", "http://127.0.0.1:9");
        values.put("storage.access-key", "access");
        values.put("storage.secret-key-file", folder.resolve("secret").toString());
        values.put("gateway.token-file", folder.resolve("token").toString());
        values.put("gateway.signing-secret-file", folder.resolve("signing").toString());
        values.put("gateway.name", "gw-1");
        values.put("gateway.listen", "127.0.0.1:0");
        values.put("gateway.health-listen", "127.0.0.1:0");
        values.put("gateway.metadata-url", "http://127.0.0.1:9");
        values.put("gateway.heartbeat", "PT1S");
        values.put("gateway.intent-timeout", "PT30S");
        values.put("gateway.completion-patience", "PT30S");
        values.put("gateway.linger", "PT0.5S");
        values.put("gateway.drain", "PT30S");
        return values;
    }

    RawClient connect() throws IOException {
        return new RawClient(gateway.port());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(LONGEST);
    }

    HttpResponse<String> put(String path, byte[] body, String... headers) throws IOException, InterruptedException {
        return put(path, BodyPublishers.ofByteArray(body), headers);
    }

    HttpResponse<String> put(String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).PUT(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> health(String path) throws IOException, InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + gateway.healthPort() + path);
        return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }

    /** Asks after each heartbeat until it is ready, or for long enough. */
    HttpResponse<String> awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        HttpResponse<String> answer = health("/health/ready");
        while (answer.statusCode() != 200 && System.nanoTime() < end) {
            metadata.next(FakeMetadata.Kind.HEARTBEAT);
            answer = health("/health/ready");
        }
        return answer;
    }

    /** Asks after each heartbeat until the metrics have this line, or for long enough. */
    boolean awaitMetrics(String line) throws IOException, InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!health("/metrics").body().contains(line) && System.nanoTime() < end) {
            metadata.next(FakeMetadata.Kind.HEARTBEAT);
        }
        return health("/metrics").body().contains(line);
    }

    @Override
    public void close() {
        http.close();
        gateway.close();
        metadata.close();
    }
}
