package dev.sluice.it.net;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.it.stack.Ports;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The customer's application: takes callbacks, checks their signatures (Standard Webhooks) itself, and can be down, failing or hanging. Thread-safe. */
public final class CallbackReceiver implements AutoCloseable {
    /** How it takes the next callbacks. */
    public enum Mood {
        WELL,
        DOWN,
        FAILING,
        HANGING
    }

    /** A callback that was taken: its delivery id, type and data. */
    public record Received(String id, String type, JsonObject data) {
        public String uploadId() {
            return data.getString("upload_id");
        }
    }

    private final int port = Ports.free();
    private final WebhookSignature signature;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<String> badSignatures = new CopyOnWriteArrayList<>();
    private final ReentrantLock change = new ReentrantLock();
    private final Condition changed = change.newCondition();
    private Mood mood = Mood.DOWN;
    private @Nullable HttpServer server;

    public CallbackReceiver(String secret) {
        signature = new WebhookSignature(secret);
        mood(Mood.WELL);
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/callback";
    }

    /** All callbacks that were answered with 200, in their order. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    public List<String> badSignatures() {
        return List.copyOf(badSignatures);
    }

    public void mood(Mood wanted) {
        change.lock();
        try {
            mood = wanted;
            changed.signalAll();
            if (wanted == Mood.DOWN && server != null) {
                server.stop(0);
                server = null;
            } else if (wanted != Mood.DOWN && server == null) {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
                server.createContext("/callback", this::take);
                server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
                server.start();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            change.unlock();
        }
    }

    @Override
    public void close() {
        mood(Mood.DOWN);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (awaitMoodToAnswer() == Mood.FAILING) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            String id = header(exchange, "webhook-id");
            if (!signed(exchange, id, body)) {
                badSignatures.add(id + " " + body);
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            try (var reader = Json.createReader(new StringReader(body))) {
                JsonObject message = reader.readObject();
                received.add(new Received(id, message.getString("type"), message.getJsonObject("data")));
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private Mood awaitMoodToAnswer() {
        change.lock();
        try {
            while (mood == Mood.HANGING) {
                changed.awaitUninterruptibly();
            }
            return mood;
        } finally {
            change.unlock();
        }
    }

    private boolean signed(HttpExchange exchange, String id, String body) {
        String wanted = signature.of(id, header(exchange, "webhook-timestamp"), body);
        return List.of(header(exchange, "webhook-signature").split(" ", -1)).stream()
                .anyMatch(one -> MessageDigest.isEqual(
                        one.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8)));
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }
}
