package dev.sluice.it.hostile;

import dev.sluice.it.Api;
import dev.sluice.it.Payload;
import dev.sluice.it.Sending;
import dev.sluice.it.hostile.Row.Door;
import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Stack;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** All rows sent to one system, many at the same time, and what was heard. */
final class Campaign {
    /** Begins the file names of rows, which no log may hold. */
    static final String NAME = "evil-name-";

    private static final int AT_ONCE = 16;

    private final Stack stack;
    private final Trap trap;
    private final Words words;

    /** What came of a row at one door. */
    record Sent(Row row, Door door, Words words, List<Answer> answers, String failure) {
        Expected expected() {
            return row.doors().getOrDefault(door, new Expected(List.of()));
        }

        @Override
        public String toString() {
            return row.name() + " at " + door;
        }
    }

    Campaign(Stack stack, Trap trap) {
        this.stack = stack;
        this.trap = trap;
        this.words = new Words(words());
    }

    List<Sent> run(List<Row> rows) {
        Semaphore free = new Semaphore(AT_ONCE);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Sent>> running = new ArrayList<>();
            for (Row row : rows) {
                for (Door door : row.doors().keySet()) {
                    Words own = words.forRequest(NAME + running.size());
                    running.add(executor.submit(() -> row.slow() ? send(row, door, own) : send(row, door, own, free)));
                }
            }
            return Futures.results(running);
        }
    }

    private Sent send(Row row, Door door, Words own, Semaphore free) throws InterruptedException {
        free.acquire();
        try {
            return send(row, door, own);
        } finally {
            free.release();
        }
    }

    private Sent send(Row row, Door door, Words own) {
        try {
            return new Sent(row, door, own, Exchange.of(row, own, port(door), door), "");
        } catch (IOException | RuntimeException e) {
            return new Sent(row, door, own, List.of(), e.toString());
        }
    }

    private int port(Door door) {
        return switch (door) {
            case NGINX -> stack.port();
            case GATEWAY -> stack.gatewayPort();
            case METADATA -> stack.metadataPort();
        };
    }

    private Map<String, String> words() {
        JsonObject own = upload("default", Map.of());
        JsonObject victim = upload("other", Map.of("Idempotency-Key", "victims key"));
        URI store = URI.create(stack.bucket().urlOf(""));
        Map<String, String> all = new HashMap<>();
        all.put("key", stack.key("default"));
        all.put("old", withdrawnKey());
        all.put("worker", stack.workerToken());
        all.put("gateway", secret("gateway.token"));
        all.put("signing", secret("signing.secret"));
        all.put("victim", victim.getString("upload_id"));
        all.put("victim-job", job(victim));
        all.put("victim-key", victim.getString("key"));
        all.put("own-key", own.getString("key"));
        all.put("own-job", job(own));
        all.put("store", store.getScheme() + "://" + store.getAuthority());
        all.put("store-port", Integer.toString(store.getPort()));
        all.put("bucket", stack.bucket().name());
        all.put("trap", Integer.toString(trap.port()));
        all.put("internal", Integer.toString(URI.create(stack.internalUrl()).getPort()));
        all.put("health", Integer.toString(URI.create(stack.gatewayHealthUrl()).getPort()));
        return all;
    }

    private JsonObject upload(String owner, Map<String, String> headers) {
        try {
            Sending sending = Sending.of("of-" + owner, new Payload(owner.length(), 1000))
                    .with("Authorization", "Bearer " + stack.key(owner));
            for (Map.Entry<String, String> header : headers.entrySet()) {
                sending = sending.with(header.getKey(), header.getValue());
            }
            return new Api(stack, owner)
                    .awaitSettled(sending.send(stack).uploadId().orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String job(JsonObject upload) {
        return upload.getJsonArray("jobs").getJsonObject(0).getString("job_id");
    }

    /** One that was good and is not any more. */
    private String withdrawnKey() {
        try {
            Path file = stack.folder().resolve("keys/old.key");
            String key = "sk_withdrawn" + stack.key("other").substring(5);
            Files.writeString(file, key);
            Map<String, String> authorization = Map.of("Authorization", "Bearer " + key);
            int status = Http.get(stack.url() + "/uploads", authorization).status();
            if (status != 200) {
                throw new AssertionError("the new key is not known yet: " + status);
            }
            Files.delete(file);
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String secret(String name) {
        try {
            return Files.readString(stack.folder().resolve("secrets/" + name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
