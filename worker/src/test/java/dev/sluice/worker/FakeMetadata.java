package dev.sluice.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A scripted metadata service: hands out the leases it was given and keeps every message. Thread-safe. */
public final class FakeMetadata implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final HttpServer server;
    private final Map<String, BlockingQueue<JsonObject>> leases = new ConcurrentHashMap<>();
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<JsonObject> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, BlockingQueue<Integer>> nextStatus = new ConcurrentHashMap<>();

    private final Queue<String> stopped = new ConcurrentLinkedQueue<>();
    private final Map<String, Endless> endless = new ConcurrentHashMap<>();

    /** What came for a job: {@code verb} is complete, fail, release or heartbeat. */
    public record Message(String jobId, String verb, JsonObject json) {}

    /** Answers without end that begin when all are asked for. */
    private record Endless(CountDownLatch asked, CountDownLatch refused) {
        void write(HttpExchange exchange) throws IOException, InterruptedException {
            byte[] blanks = " ".repeat(65_536).getBytes(StandardCharsets.UTF_8);
            asked.countDown();
            asked.await();
            try {
                exchange.sendResponseHeaders(200, 0);
                while (true) {
                    exchange.getResponseBody().write(blanks);
                }
            } finally {
                refused.countDown();
            }
        }
    }

    public FakeMetadata() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/internal/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public void offer(String queue, String jobId, String kind, JsonObject payload) {
        offer(queue, jobId, kind, payload, Duration.ofSeconds(30));
    }

    public void offer(String queue, String jobId, String kind, JsonObject payload, Duration length) {
        offer(
                queue,
                Json.createObjectBuilder()
                        .add("job_id", jobId)
                        .add("token", jobId + ".1")
                        .add("kind", kind)
                        .add("attempt", 1)
                        .add("lease_ms", length.toMillis())
                        .add("payload", payload)
                        .build());
    }

    /** Whatever this lease looks like. */
    public void offer(String queue, JsonObject lease) {
        queue(queue).add(lease);
    }

    /** The next requests for leases of these queues get, all at the same time, answers that go on until the worker hangs up; waits for that. */
    public void answerWithoutEnd(String... queues) throws InterruptedException {
        Endless answers = new Endless(new CountDownLatch(queues.length), new CountDownLatch(queues.length));
        for (String queue : queues) {
            endless.put(queue, answers);
        }
        if (!answers.refused().await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("an answer without end is read on, or nobody asked");
        }
    }

    /** The next message of this verb is answered so; several calls line up. */
    public void answerNext(String verb, int status) {
        nextStatus.computeIfAbsent(verb, v -> new LinkedBlockingQueue<>()).add(status);
    }

    /** Waits for the next report of any job, passing over heartbeats. */
    public Message report() throws InterruptedException {
        Message message = message();
        while (message.verb().equals("heartbeat")) {
            message = message();
        }
        return message;
    }

    public Message message() throws InterruptedException {
        Message message = messages.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (message == null) {
            throw new AssertionError("no message came");
        }
        return message;
    }

    public boolean hasReport() {
        return messages.stream().anyMatch(message -> !message.verb().equals("heartbeat"));
    }

    /** The boots that said that they take no more leases. */
    public Queue<String> stopped() {
        return stopped;
    }

    public ConcurrentLinkedQueue<JsonObject> leaseRequests() {
        return requests;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonObject json =
                    Examples.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/internal/leases")) {
                requests.add(json);
                Endless answers = endless.remove(json.getString("queue"));
                if (answers != null) {
                    answers.write(exchange);
                }
                int status = take("lease", 200);
                answer(exchange, status, status == 200 ? leases(json) : "");
                return;
            }
            String[] words = path.split("/", -1);
            if (words[2].equals("workers")) {
                stopped.add(words[3]);
                answer(exchange, 204, "");
                return;
            }
            String verb = words[4];
            int status = take(verb, verb.equals("heartbeat") ? 200 : 204);
            messages.add(new Message(words[3], verb, json));
            answer(exchange, status, status == 200 ? "{\"lease_ms\":30000,\"cancel\":false}" : "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int take(String verb, int otherwise) {
        BlockingQueue<Integer> planned = nextStatus.get(verb);
        Integer status = planned == null ? null : planned.poll();
        return status == null ? otherwise : status;
    }

    private String leases(JsonObject request) throws InterruptedException {
        BlockingQueue<JsonObject> ready = queue(request.getString("queue"));
        var list = Json.createArrayBuilder();
        JsonObject first = ready.poll(request.getInt("wait_ms"), TimeUnit.MILLISECONDS);
        int free = request.getInt("max");
        while (first != null) {
            list.add(first);
            free--;
            first = free > 0 ? ready.poll() : null;
        }
        return Json.createObjectBuilder().add("leases", list).build().toString();
    }

    private BlockingQueue<JsonObject> queue(String name) {
        return leases.computeIfAbsent(name, n -> new LinkedBlockingQueue<>());
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
        if (status != 204) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
