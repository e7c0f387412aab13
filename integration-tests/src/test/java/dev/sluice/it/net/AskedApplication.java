package dev.sluice.it.net;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.it.stack.Ports;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** The customer's application as it is asked about uploads: what it answers is decided by the test. Thread-safe. */
public final class AskedApplication implements AutoCloseable {
    /** Its answer to every question until another is set. */
    public record Say(int status, String body) {
        public static final Say HANG = new Say(0, "");
        public static final Say REDIRECT = new Say(307, "");
    }

    /** A question: where it came, the session and credentials with it, and what it was about. */
    public record Asked(String path, String cookie, String authorization, JsonObject body) {}

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final HttpServer server;
    private volatile Say say = new Say(204, "");

    public AskedApplication() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()), 64);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/may-upload";
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** Forgets what it was asked, and answers so from now on. */
    public void say(Say wanted) {
        asked.clear();
        say = wanted;
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange;
                var reader = Json.createReader(exchange.getRequestBody())) {
            asked.add(new Asked(
                    exchange.getRequestURI().getPath(),
                    header(exchange, "cookie"),
                    header(exchange, "authorization"),
                    reader.readObject()));
            if (say.equals(Say.HANG)) {
                end.await();
                return;
            }
            if (say.equals(Say.REDIRECT)) {
                exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
            }
            byte[] body = say.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(say.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }
}
