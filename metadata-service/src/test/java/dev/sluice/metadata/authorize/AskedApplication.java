package dev.sluice.metadata.authorize;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An application that is asked about uploads and answers as it is told; without being told, 204. */
public final class AskedApplication implements AutoCloseable {
    /** One question as it arrived. */
    public record Asked(String path, Headers headers, JsonObject body) {}

    /** How to answer the next question. */
    public interface Answering {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    public final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Answering> answers = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    public AskedApplication() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/may-upload");
    }

    /** To be asked with a minute's patience. */
    public Application application() {
        return application(Duration.ofMinutes(1));
    }

    public Application application(Duration timeout) {
        return new Application(new ApplicationSettings(url(), timeout, "application"), Clock.systemUTC());
    }

    public void answer(Answering... next) {
        answers.addAll(List.of(next));
    }

    public static Answering status(int status, String body, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    /** Never answers. */
    public Answering silence() {
        return exchange -> end.await();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        asked.add(new Asked(
                exchange.getRequestURI().getPath(),
                exchange.getRequestHeaders(),
                JsonIo.parse(body).orElseThrow()));
        Answering answering = answers.poll();
        try (exchange) {
            (answering == null ? status(204, "") : answering).answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        executor.close();
    }
}
