package dev.sluice.metadata.delivery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.metadata.http.WebhookSignature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An application that takes callbacks and answers as it is told. */
public final class Receivers implements AutoCloseable {
    public static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /** One request as it arrived, and when by nanoTime. */
    public record Got(String id, String body, boolean signed, long nanos) {}

    /** How to answer the next request. */
    interface Answering {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    public final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
    final BlockingQueue<Answering> answers = new LinkedBlockingQueue<>();
    final CountDownLatch hang = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    public Receivers() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/callback");
    }

    static Answering status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    /** After these the answer is 204. */
    void answer(Answering... next) {
        answers.addAll(java.util.List.of(next));
    }

    private void handle(HttpExchange exchange) throws IOException {
        long nanos = System.nanoTime();
        byte[] body = exchange.getRequestBody().readAllBytes();
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        boolean signed = WebhookSignature.parse(SECRET)
                .orElseThrow()
                .verify(
                        id,
                        exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                        exchange.getRequestHeaders().getFirst("webhook-signature"),
                        body,
                        Instant.now());
        got.add(new Got(id, new String(body, java.nio.charset.StandardCharsets.UTF_8), signed, nanos));
        Answering answering = answers.poll();
        try (exchange) {
            (answering == null ? status(204) : answering).answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        hang.countDown();
        server.stop(0);
        executor.close();
    }
}
