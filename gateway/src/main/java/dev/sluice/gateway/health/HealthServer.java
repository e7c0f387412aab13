package dev.sluice.gateway.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.gateway.runtime.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers operators on the JDK's server with two platform threads: busy uploads cannot delay it. */
public final class HealthServer implements AutoCloseable {
    private static final String JSON = "application/json";
    private static final String HEAD = "HEAD";
    private static final List<String> READING = List.of("GET", HEAD);

    private final HttpServer server;
    private final ExecutorService threads;
    private final Readiness readiness;
    private final Metrics metrics;

    public HealthServer(InetSocketAddress listen, Readiness readiness, Metrics metrics) {
        this.readiness = readiness;
        this.metrics = metrics;
        threads = Executors.newFixedThreadPool(
                2, Thread.ofPlatform().daemon().name("health-", 0).factory());
        try {
            server = HttpServer.create(listen, 64);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + listen, e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange));
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!READING.contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", String.join(", ", READING));
                send(exchange, 405, JSON, "{\"code\":\"method-not-allowed\"}");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/health/live" -> send(exchange, 200, JSON, "{\"status\":\"ok\"}");
                case "/health/ready" -> ready(exchange);
                case "/metrics" -> send(exchange, 200, "text/plain; version=0.0.4", metrics.text());
                default -> send(exchange, 404, JSON, "{\"code\":\"not-found\"}");
            }
        }
    }

    private void ready(HttpExchange exchange) throws IOException {
        List<String> reasons = readiness.reasons();
        JsonArrayBuilder json = Json.createArrayBuilder();
        reasons.forEach(json::add);
        String body = Json.createObjectBuilder()
                .add("status", reasons.isEmpty() ? "ok" : "not-ready")
                .add("reasons", json)
                .build()
                .toString();
        send(exchange, reasons.isEmpty() ? 200 : 503, JSON, body);
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals(HEAD)) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
