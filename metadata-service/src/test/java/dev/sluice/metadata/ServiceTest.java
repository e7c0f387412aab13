package dev.sluice.metadata;

import static dev.sluice.metadata.Answers.assertShape;
import static dev.sluice.metadata.Answers.json;
import static dev.sluice.metadata.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.delivery.Receivers;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.runtime.CommandLine;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.runtime.Ids;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service as it is started, on real ports and files, spoken to as gateways, workers, owners and receivers do. */
@Timeout(60)
class ServiceTest {
    private static final String GATEWAY = "gateway-token-0123456789";
    private static final String WORKER = "worker-token-0123456789";
    private static final String WEBHOOK = "webhook-token-0123456789";
    private static final String FOREIGN = "sk_foreign-0123456789";
    private static final String SIGNING = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Receivers application;
    private MetadataService service;
    private String owner;

    @BeforeEach
    void start() throws IOException {
        application = new Receivers();
        Path keys = Files.createDirectories(folder.resolve("data").resolve("keys"));
        owner = "sk_default-0123456789";
        Files.writeString(keys.resolve("default.key"), owner);
        Files.writeString(keys.resolve("foreign.key"), FOREIGN);
        service = started();
    }

    private MetadataService started(String... more) throws IOException {
        return MetadataService.start(MetadataConfig.from(CommandLine.parse(args(more))), HaltPoints.none());
    }

    private List<String> args(String... more) throws IOException {
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

    @Test
    void anUploadFromIntentToFinishedJobAndCallbacks() throws Exception {
        String id = upload();

        JsonObject told = callback("upload.completed");
        assertShape(told, "callback-upload-completed.json");
        assertThat(told.getJsonObject("data").getString("upload_id")).isEqualTo(id);
        String job = leased(id);
        assertThat(callback("job.succeeded").getJsonObject("data").getString("job_id"))
                .isEqualTo(job);

        JsonObject finished = json(get("/jobs/" + job + "?wait=20s", owner), 200);
        assertThat(finished.getString("state")).isEqualTo("succeeded");
        JsonObject shown = delivered(id);
        assertShape(shown, "upload.json");
        assertThat(shown.getString("state")).isEqualTo("completed");
        assertThat(shown.getString("processing")).isEqualTo("succeeded");
        JsonObject events = json(get("/events?after=0", owner), 200);
        assertShape(events, "events-page.json");
        assertThat(events.getJsonArray("events"))
                .extracting(event -> event.asJsonObject().getString("type"))
                .containsExactly("upload.completed", "job.succeeded");
        assertThat(get(true, "/metrics", "").body())
                .contains("sluice_uploads{state=\"completed\"} 1")
                .contains("sluice_jobs{kind=\"verify\",state=\"succeeded\"} 1")
                .contains("sluice_deliveries{state=\"delivered\"} 2")
                .contains("sluice_job_attempts_total{kind=\"verify\",outcome=\"succeeded\"} 1")
                .contains("sluice_worker_alive{worker=\"w-1\"")
                .contains("sluice_oldest_ready_age_seconds{queue=\"jobs\"} 0")
                .contains("sluice_commits_total")
                .contains("sluice_loop_latency_seconds");
    }

    @Test
    void aWaiterForAJobIsAnsweredWhenItEnds() throws Exception {
        String id = upload();
        String job = json(get("/uploads/" + id, owner), 200)
                .getJsonArray("jobs")
                .getJsonObject(0)
                .getString("job_id");
        CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(
                request(false, "/jobs/" + job + "?wait=50s", owner).GET().build(),
                HttpResponse.BodyHandlers.ofString());

        leased(id);

        JsonObject answer = json(waiting.get(20, TimeUnit.SECONDS), 200);
        assertThat(answer.getString("state")).isEqualTo("succeeded");
        assertShape(answer, "job.json");
    }

    @Test
    void whatBelongsToAnotherKeyIsNotThere() throws Exception {
        String id = upload();
        String job = leased(id);

        for (String path : List.of("/uploads/" + id, "/jobs/" + job)) {
            problem(get(path, FOREIGN), 404, "not-found");
        }
        assertThat(json(get("/uploads", FOREIGN), 200).getJsonArray("uploads")).isEmpty();
        assertThat(json(get("/jobs", FOREIGN), 200).getJsonArray("jobs")).isEmpty();
        assertThat(json(get("/events", FOREIGN), 200).getJsonArray("events")).isEmpty();
        String url = "http://127.0.0.1:9000/uploads/"
                + json(get("/uploads/" + id, owner), 200).getString("key");
        problem(post(false, "/upload-complete", FOREIGN, hint(url)), 404, "not-found");
    }

    @Test
    void aHintMeetsTheUploadOrMakesAReportedOne() throws Exception {
        String id = upload();
        String key = json(get("/uploads/" + id, owner), 200).getString("key");

        JsonObject met =
                json(post(false, "/upload-complete", owner, hint("http://127.0.0.1:9000/uploads/" + key)), 200);
        JsonObject reported =
                json(post(false, "/upload-complete", owner, hint("http://127.0.0.1:9000/uploads/other/file")), 200);

        assertThat(met.getString("upload_id")).isEqualTo(id);
        assertThat(met.getString("state")).isEqualTo("completed");
        assertShape(reported, "hint-answer.json");
        assertThat(reported.getString("state")).isEqualTo("reported");
        problem(post(false, "/upload-complete", owner, hint("http://elsewhere/uploads/x")), 422, "unknown-store");
    }

    @Test
    void storesMayNotifyOnceTheyHaveAToken() throws Exception {
        String event = Examples.read("minio-webhook.json").toString();
        problem(post(false, "/upload-complete/minio", owner, event), 404, "not-found");
        problem(get("/upload-complete/minio", owner), 404, "not-found");
        service.close();
        service = started(
                "metadata.webhooks.minio.token-files.0=" + file("webhook", WEBHOOK),
                "metadata.authorize.url=" + application.url(),
                "metadata.authorize.buckets.0=pictures");

        problem(post(false, "/upload-complete/minio", owner, event), 401, "unauthorized");
        problem(get("/upload-complete/minio", WEBHOOK), 405, "method-not-allowed");
        json(post(false, "/upload-complete/minio", WEBHOOK, event), 200);
        String chosen = event.replace("\"uploads\"", "\"pictures\"");
        assertThat(json(post(false, "/upload-complete/minio", WEBHOOK, chosen), 200)
                        .getJsonArray("records"))
                .as("a bucket that only the application chooses")
                .containsExactly(Json.createValue("reported"));
        String foreign = event.replace("\"uploads\"", "\"elsewhere\"");
        assertThat(json(post(false, "/upload-complete/minio", WEBHOOK, foreign), 200)
                        .getJsonArray("records"))
                .containsExactly(Json.createValue("unknown-bucket"));

        JsonObject row =
                json(get("/uploads", owner), 200).getJsonArray("uploads").getJsonObject(0);
        assertThat(row.getString("state")).isEqualTo("reported");
        assertThat(row.getString("key")).isEqualTo("incoming/report 2026.pdf");
        assertThat(get(true, "/metrics", "").body())
                .contains("sluice_webhook_records_total{source=\"minio\",outcome=\"reported\"} 2")
                .contains("sluice_webhook_records_total{source=\"minio\",outcome=\"parked\"} 0");
        problem(post(true, "/upload-complete/minio", WEBHOOK, event), 404, "not-found");
    }

    @Test
    void whatIsMalformedUnknownOrNotAllowedIsAProblem() throws Exception {
        problem(get("/nothing", owner), 404, "not-found");
        problem(get("/uploads/not-an-id", owner), 404, "not-found");
        problem(get("/uploads", "sk_wrong-0123456789"), 401, "unauthorized");
        problem(get("/metrics", owner), 404, "not-found");
        problem(get("/internal/workers", WORKER), 404, "not-found");
        problem(get(true, "/internal/workers", owner), 401, "unauthorized");
        problem(post(true, "/internal/leases", GATEWAY, "{}"), 401, "unauthorized");
        for (String path : List.of("/uploads", "/uploads/x", "/jobs", "/events", "/health/ready")) {
            problem(post(false, path, owner, "{}"), 405, "method-not-allowed");
        }
        for (String query : List.of("cursor=zzz", "cursor=%00", "limit=0", "limit=999999999999", "limit=x")) {
            problem(get("/uploads?" + query, owner), 400, "bad-request");
            problem(get("/jobs?" + query, owner), 400, "bad-request");
        }
        for (String path : List.of("/uploads", "/jobs", "/events")) {
            problem(get(path + "?lmit=1", owner), 400, "bad-request");
            for (String nothing : List.of("?", "?limit", "?limit=")) {
                json(get(path + nothing, owner), 200);
            }
        }
        problem(get("/events?after=-1", owner), 400, "bad-request");
        for (String body : List.of("", "[]", "{\"url\":1}", "{\"url\":", "nonsense")) {
            problem(post(false, "/upload-complete", owner, body), 400, "bad-request");
        }
        problem(post(false, "/upload-complete", owner, "x".repeat(70_000)), 413, "request-too-large");
        problem(post(true, "/upload-complete", "", "{}"), 401, "unauthorized");
    }

    @Test
    void aFullDatabaseIsSaidClearlyAndEverythingWorksOnceThereIsSpace() throws Exception {
        service.close();
        service = started("metadata.max-database-bytes=300000");
        HttpResponse<String> answer = intent(Ids.next(System.currentTimeMillis()));
        while (answer.statusCode() == 200) {
            answer = intent(Ids.next(System.currentTimeMillis()));
        }
        assertThat(problem(answer, 503, "metadata-unavailable").getString("detail"))
                .contains("database is full");
        assertThat(json(get("/uploads", owner), 200).getJsonArray("uploads")).isNotEmpty();
        assertThat(json(get("/health/ready", ""), 503).getJsonArray("reasons").getString(0))
                .isEqualTo("the database is full");

        service.close();
        service = started();

        upload();
        assertThat(get("/health/ready", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aSecondServiceOnOurDataEndsAtOnceAndHurtsNobody() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                MetadataMain.class.getName()));
        command.addAll(args());

        Process second = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            assertThat(second.inputReader().lines())
                    .last()
                    .isEqualTo("metadata-service: another metadata service (process "
                            + ProcessHandle.current().pid() + ") uses " + folder.resolve("data"));
            assertThat(second.waitFor()).isEqualTo(2);
        } finally {
            second.destroyForcibly();
        }

        upload();
    }

    /** Lets an upload in, beats for it and says that it is stored, twice. */
    private String upload() throws Exception {
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

    private HttpResponse<String> intent(String id) throws Exception {
        JsonObject intent = JsonIo.object(Examples.read("intent.json"))
                .add("authorization", "Bearer " + owner)
                .addNull("idempotency_key")
                .build();
        return send(request(true, "/internal/uploads/" + id, GATEWAY).PUT(BodyPublishers.ofString(intent.toString())));
    }

    private HttpResponse<String> complete(String id, JsonObject message) throws Exception {
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
    private String leased(String id) throws Exception {
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

    private JsonObject callback(String type) throws InterruptedException {
        Receivers.Got got = application.got.poll(20, TimeUnit.SECONDS);
        assertThat(got).isNotNull();
        assertThat(got.signed()).isTrue();
        JsonObject body = JsonIo.parse(got.body());
        assertThat(body.getString("type")).isEqualTo(type);
        return body;
    }

    /** The upload once both callbacks are recorded, which is a moment after the receiver has seen them. */
    private JsonObject delivered(String id) throws Exception {
        return Stream.generate(() -> shown(id))
                .filter(upload -> upload.getJsonArray("deliveries").stream()
                        .map(JsonValue::asJsonObject)
                        .allMatch(delivery -> delivery.getString("state").equals("delivered")))
                .findFirst()
                .orElseThrow();
    }

    private JsonObject shown(String id) {
        try {
            return json(get("/uploads/" + id, owner), 200);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String hint(String url) {
        return JsonIo.object().add("url", url).build().toString();
    }

    private HttpResponse<String> get(String path, String key) throws Exception {
        return get(false, path, key);
    }

    private HttpResponse<String> get(boolean internal, String path, String key) throws Exception {
        return send(request(internal, path, key).GET());
    }

    private HttpResponse<String> post(boolean internal, String path, String key, String body) throws Exception {
        return send(request(internal, path, key).POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(boolean internal, String path, String key) {
        int port = internal ? service.internalPort() : service.port();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(55));
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
