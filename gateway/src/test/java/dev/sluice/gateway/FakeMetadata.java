package dev.sluice.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** A metadata service that does as the test says, and keeps what it was told; the Authorization is OWNER or OWNER/USER. Thread-safe. */
final class FakeMetadata implements AutoCloseable {
    /** One message as it came. */
    record Message(String method, String path, Map<String, List<String>> headers, String text) {
        JsonObject json() {
            return Json.createReader(new StringReader(text)).readObject();
        }

        String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }
    }

    /** What to answer. */
    record Reply(int status, String text) {
        /** Hangs up without an answer. */
        static final Reply SILENCE = new Reply(0, "");

        /** A 200 whose body goes on until the gateway hangs up. */
        static final Reply ENDLESS = new Reply(200, "endless");
    }

    /** Which kind of message. */
    enum Kind {
        INTENT,
        HEARTBEAT,
        VERDICT,
        IN_DOUBT,
        COMPLETION,
        OBJECT
    }

    private static final Reply RECEIPT = new Reply(200, "");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Kind, BlockingQueue<Message>> messages = new ConcurrentHashMap<>();
    private final List<Reply> intentReplies = new CopyOnWriteArrayList<>();
    private final List<Reply> objectReplies = new CopyOnWriteArrayList<>();
    private volatile UnaryOperator<JsonObject> intentEdit = UnaryOperator.identity();
    private volatile Reply completionReply = RECEIPT;
    private volatile Reply reportReply = new Reply(204, "");
    private volatile long clockOff;
    private final AtomicLong longestWritten = new AtomicLong();

    FakeMetadata() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The next intents are answered so, one each; afterwards they are let in again. */
    void answerIntents(Reply... replies) {
        intentReplies.addAll(List.of(replies));
    }

    /** The next questions for objects are answered so, one each; afterwards everybody may have everything. */
    void answerObjects(Reply... replies) {
        objectReplies.addAll(List.of(replies));
    }

    void editIntentAnswers(UnaryOperator<JsonObject> edit) {
        intentEdit = edit;
    }

    void answerCompletions(Reply reply) {
        completionReply = reply;
    }

    void answerReports(Reply reply) {
        reportReply = reply;
    }

    void setClockOff(long millis) {
        clockOff = millis;
    }

    /** The next message of a kind, waited for. */
    Message next(Kind kind) throws InterruptedException {
        Message message = queue(kind).poll(30, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no " + kind);
        }
        return message;
    }

    /** How many bytes of one endless answer were taken at most, by the gateway or by buffers on the way. */
    long longestWritten() {
        return longestWritten.get();
    }

    int count(Kind kind) {
        return queue(kind).size();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Message message = new Message(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    text);
            Kind kind = kind(message.path());
            Reply reply = reply(kind, message);
            queue(kind).add(message);
            if (reply.equals(Reply.ENDLESS)) {
                writeUntilRefused(exchange);
            } else if (reply.status() != 0) {
                byte[] bytes = reply.text().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private void writeUntilRefused(HttpExchange exchange) throws IOException {
        byte[] blanks = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, 0);
        long written = 0;
        try {
            while (true) {
                exchange.getResponseBody().write(blanks);
                written += blanks.length;
            }
        } finally {
            longestWritten.accumulateAndGet(written, Math::max);
        }
    }

    private BlockingQueue<Message> queue(Kind kind) {
        return messages.computeIfAbsent(kind, unseen -> new LinkedBlockingQueue<>());
    }

    private static Kind kind(String path) {
        if (path.endsWith("/heartbeat")) {
            return Kind.HEARTBEAT;
        }
        if (path.endsWith("/verdict")) {
            return Kind.VERDICT;
        }
        if (path.endsWith("/in-doubt")) {
            return Kind.IN_DOUBT;
        }
        if (path.startsWith("/internal/objects/")) {
            return Kind.OBJECT;
        }
        return path.equals("/upload-complete") ? Kind.COMPLETION : Kind.INTENT;
    }

    private Reply reply(Kind kind, Message message) {
        return switch (kind) {
            case INTENT -> intentReplies.isEmpty() ? receive(message) : intentReplies.removeFirst();
            case HEARTBEAT -> new Reply(200, "{\"now_ms\":" + now() + "}");
            case VERDICT, IN_DOUBT -> reportReply;
            case OBJECT ->
                objectReplies.isEmpty()
                        ? new Reply(200, "{\"bucket\":\"uploads\",\"key\":\"u/a\"}")
                        : objectReplies.removeFirst();
            case COMPLETION ->
                completionReply.equals(RECEIPT) ? new Reply(200, receipt(message.json())) : completionReply;
        };
    }

    private Reply receive(Message message) {
        String id = message.path().substring(message.path().lastIndexOf('/') + 1);
        String[] who = message.json().getString("authorization", "default").split("/", 2);
        JsonObject answer = Json.createObjectBuilder()
                .add("decision", "receive")
                .add("now_ms", now())
                .add("upload_id", id)
                .add("owner", who[0])
                .add("user", who.length == 2 ? Json.createValue(who[1]) : JsonValue.NULL)
                .add("attempt", 1)
                .add("bucket", "uploads")
                .add("key", "u/2026/11/21/" + id)
                .add("max_bytes", 1_000_000)
                .add("content_type", "image/jpeg")
                .add("want_sha256", false)
                .build();
        return new Reply(200, intentEdit.apply(answer).toString());
    }

    private static String receipt(JsonObject completion) {
        JsonObject receipt = Json.createObjectBuilder()
                .add("status", "ok")
                .add("upload_id", completion.getString("upload_id"))
                .add("state", "completed")
                .add("size", completion.getJsonNumber("size"))
                .add("sha256", completion.getOrDefault("sha256", JsonValue.NULL))
                .build();
        return Json.createObjectBuilder()
                .add("receipt", receipt)
                .add("jobs", Json.createArrayBuilder())
                .build()
                .toString();
    }

    private long now() {
        return System.currentTimeMillis() + clockOff;
    }
}
