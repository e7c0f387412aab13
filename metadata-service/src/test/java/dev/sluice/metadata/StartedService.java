package dev.sluice.metadata;

import static dev.sluice.metadata.Answers.assertShape;
import static dev.sluice.metadata.Answers.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.delivery.Receivers;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.runtime.CommandLine;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.runtime.Ids;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service as it is started, on real ports and files, and how gateways, workers, owners and receivers speak to it. */
@Timeout(60)
abstract class StartedService {
    static final String GATEWAY = "gateway-token-0123456789";
    static final String WORKER = "worker-token-0123456789";
    static final String WEBHOOK = "webhook-token-0123456789";
    static final String FOREIGN = "sk_foreign-0123456789";
    private static final String SIGNING = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    @TempDir
    Path folder;

    final HttpClient http = HttpClient.newHttpClient();
    Receivers application;
    MetadataService service;
    String owner;

    @BeforeEach
    void start() throws IOException {
        application = new Receivers();
        Path keys = Files.createDirectories(folder.resolve("data").resolve("keys"));
        owner = "sk_default-0123456789";
        Files.writeString(keys.resolve("default.key"), owner);
        Files.writeString(keys.resolve("foreign.key"), FOREIGN);
        service = started();
    }

    MetadataService started(String... more) throws IOException {
        return MetadataService.start(MetadataConfig.from(CommandLine.parse(args(more))), HaltPoints.none());
    }

    List<String> args(String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of(
                "metadata.listen=127.0.0.1:0",
                "metadata.internal-listen=127.0.0.1:0",
                "metadata.data=" + folder.resolve("data"),
                "metadata.gateway-token-file=" + file("gateway", GATEWAY),
                "metadata.worker-token-file=" + file("worker", WORKER),
                "metadata.signing-secret-file=" + file("signing", SIGNING),
                "metadata.stores.0.url=http://127.0.0.1:9000",
                "metadata.stores.0.buckets.0=uploads",
                "metadata.callback.url=" + application.url(),
                "metadata.callback.secret-file=" + file("callback", Receivers.SECRET)));
        args.addAll(List.of(more));
        return args;
    }

    @AfterEach
    void stop() {
        service.close();
        application.close();
        http.close();
    }

    /** Lets an upload in, beats for it and says that it is stored, twice. */
    String upload() throws Exception {
        String id = Ids.next(System.currentTimeMillis());
        JsonObject receive = json(intent(id), 200);
        assertShape(receive, "intent-answer-receive.json");
        JsonObject beat = JsonIo.object(Examples.read("heartbeat.json"))
                .add(
                        "uploads",
                        JsonIo.array().add(JsonIo.object().add("request", id).add("received", 1)))
                .build();
        json(post(true, "/internal/gateways/gw-1/heartbeat", GATEWAY, beat.toString()), 200);
        assertThat(json(get("/uploads/" + id, owner), 200).getString("state")).isEqualTo("receiving");
        JsonObject completion = JsonIo.object(Examples.read("completion.json"))
                .add("upload_id", id)
                .add("request", id)
                .add("key", receive.getString("key"))
                .build();
        JsonObject first = json(complete(id + ".1", completion), 200);
        JsonObject again = json(complete(id + ".1", completion), 200);
        assertShape(first, "completion-answer.json");
        assertThat(again).isEqualTo(first);
        return id;
    }

    HttpResponse<String> intent(String id) throws Exception {
        JsonObject intent = JsonIo.object(Examples.read("intent.json"))
                .add("authorization", "Bearer " + owner)
                .addNull("idempotency_key")
                .build();
        return send(request(true, "/internal/uploads/" + id, GATEWAY).PUT(BodyPublishers.ofString(intent.toString())));
    }

    HttpResponse<String> complete(String id, JsonObject message) throws Exception {
        byte[] body = message.toString().getBytes(StandardCharsets.UTF_8);
        long now = Instant.now().getEpochSecond();
        WebhookSignature secret = WebhookSignature.parse(SIGNING).orElseThrow();
        return send(request(true, "/upload-complete", "")
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(now))
                .header("webhook-signature", secret.sign(id, now, body))
                .POST(BodyPublishers.ofByteArray(body)));
    }

    /** Leases the upload's only job, takes it up and completes it. */
    String leased(String id) throws Exception {
        JsonObject lease = json(
                        post(
                                true,
                                "/internal/leases",
                                WORKER,
                                Examples.read("lease-request.json").toString()),
                        200)
                .getJsonArray("leases")
                .getJsonObject(0);
        assertThat(lease.getJsonObject("payload").getString("upload_id")).isEqualTo(id);
        String job = lease.getString("job_id");
        for (String verb : List.of("heartbeat", "complete", "complete")) {
            JsonObject message = JsonIo.object(
                            Examples.read(verb.equals("heartbeat") ? "lease-heartbeat.json" : "job-complete.json"))
                    .add("token", lease.getString("token"))
                    .build();
            assertThat(post(true, "/internal/jobs/" + job + "/" + verb, WORKER, message.toString())
                            .statusCode())
                    .isBetween(200, 204);
        }
        return job;
    }

    static String hint(String url) {
        return JsonIo.object().add("url", url).build().toString();
    }

    HttpResponse<String> get(String path, String key) throws Exception {
        return get(false, path, key);
    }

    HttpResponse<String> get(boolean internal, String path, String key) throws Exception {
        return send(request(internal, path, key).GET());
    }

    HttpResponse<String> post(boolean internal, String path, String key, String body) throws Exception {
        return send(request(internal, path, key).POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder request(boolean internal, String path, String key) {
        int port = internal ? service.internalPort() : service.port();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(55));
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
    }

    Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
