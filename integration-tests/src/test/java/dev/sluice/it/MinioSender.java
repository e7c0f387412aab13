package dev.sluice.it;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Sends notifications through nginx as a real MinIO sent them once, about other objects than those of then. */
public record MinioSender(Stack stack, String authorization) {
    /** Real requests, head and body; the metadata service's own tests send the very same. */
    private static final Path RECORDED = Path.of("..", "metadata-service", "src", "test", "resources", "minio");

    private static final String RECORD = "/Records/0/s3/";

    public static MinioSender of(Stack stack) {
        return withToken(stack, stack.webhookToken("minio"));
    }

    static MinioSender withToken(Stack stack, String token) {
        return new MinioSender(stack, "Bearer " + token);
    }

    /** The names of all that is recorded. */
    static List<String> recorded() {
        try (Stream<Path> files = Files.list(RECORDED)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The key that a recorded event is about. */
    static String recordedKey(String name) {
        String full = read(name).getJsonObject("body").getString("Key");
        return full.substring(full.indexOf('/') + 1);
    }

    /** A recorded event, now about this object. */
    JsonObject event(String name, String key) {
        return aboutKey(name, URLEncoder.encode(key, StandardCharsets.UTF_8));
    }

    /** A recorded event about the key of then, as MinIO wrote it, in a folder of this system's. */
    JsonObject eventIn(String folder, String name) {
        JsonObject object = read(name)
                .getJsonObject("body")
                .getJsonArray("Records")
                .getJsonObject(0)
                .getJsonObject("s3")
                .getJsonObject("object");
        return aboutKey(name, URLEncoder.encode(folder, StandardCharsets.UTF_8) + object.getString("key"));
    }

    /** The same event with a size and an ETag that its object does not have. */
    static JsonObject forged(JsonObject event) {
        return Json.createPatchBuilder()
                .add(RECORD + "object/size", 1)
                .add(RECORD + "object/eTag", "deadbeefdeadbeefdeadbeefdeadbeef")
                .build()
                .apply(event);
    }

    /** Tells once that this object was put. */
    public Answer notify(String key) {
        return send(event("put", key));
    }

    /** Sends it once. */
    Answer send(JsonObject event) {
        return send(event.toString());
    }

    Answer send(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("POST /upload-complete/minio?src=minio HTTP/1.1\r\n");
        for (JsonArray header : read("put").getJsonArray("headers").getValuesAs(JsonArray.class)) {
            String value =
                    switch (header.getString(0)) {
                        case "Host" -> "127.0.0.1:" + stack.port();
                        case "Content-Length" -> Integer.toString(bytes.length);
                        case "Authorization" -> authorization;
                        default -> header.getString(1);
                    };
            head.append(header.getString(0)).append(": ").append(value).append("\r\n");
        }
        try (RawUpload request =
                RawUpload.withHead(stack.port(), head.append("\r\n").toString())) {
            request.write(bytes);
            return request.answer(Times.SETTLED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends it until it is taken, as MinIO does; returns what became of it. */
    String deliver(JsonObject event) {
        List<String> outcomes = new ArrayList<>();
        Await.until("the notification is taken", Times.SETTLED, () -> {
            Answer answer = send(event);
            if (answer.status() == 200) {
                outcomes.add(answer.json().getJsonArray("records").getString(0));
            }
            return answer.status() == 200;
        });
        return outcomes.getFirst();
    }

    private JsonObject aboutKey(String name, String encoded) {
        return Json.createPatchBuilder()
                .replace(RECORD + "bucket/name", stack.bucket().name())
                .replace(RECORD + "object/key", encoded)
                .build()
                .apply(read(name).getJsonObject("body"));
    }

    private static JsonObject read(String name) {
        try (var reader = Json.createReader(Files.newBufferedReader(RECORDED.resolve(name + ".json")))) {
            return reader.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
