package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Examples;
import dev.sluice.metadata.LocalServer;
import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.access.Keys;
import dev.sluice.metadata.access.ServiceToken;
import dev.sluice.metadata.http.JsonIo;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobRoutesTest extends FreshQueue {
    private static final String WORKER = "worker-token-0123456789";
    private static final String ALICE = "sk_alice-0123456789";
    private static final String BOB = "sk_bob-0123456789";

    private final HttpClient http = HttpClient.newHttpClient();
    private WebServer server;

    @BeforeEach
    void open() throws IOException {
        Path keys = Files.createDirectories(folder.resolve("keys"));
        Files.writeString(keys.resolve("alice.key"), ALICE);
        Files.writeString(keys.resolve("bob.key"), BOB);
        Access access = new Access(
                new Keys(keys), false, new ServiceToken("gateway-token-0123456789"), new ServiceToken(WORKER));
        server = LocalServer.start(HttpRouting.builder()
                .register(new LeaseRoutes(queue.leases, queue.store, access))
                .register(new JobRoutes(queue.store, access)));
    }

    @AfterEach
    void close() {
        queue.store.signals().stop();
        server.stop();
        http.close();
    }

    @Test
    void leasesBeatsAndCompletesAsTheContractWritesIt() throws Exception {
        String id = queue.job("alice");

        JsonObject leased = json(post("/internal/leases", Examples.read("lease-request.json")));
        assertThat(Examples.shape(leased)).isEqualTo(Examples.shape(Examples.read("lease-answer.json")));
        String token = leased.getJsonArray("leases").getJsonObject(0).getString("token");
        JsonObject beaten = json(post("/internal/jobs/" + id + "/heartbeat", with("lease-heartbeat.json", token)));
        assertThat(Examples.shape(beaten)).isEqualTo(Examples.shape(Examples.read("lease-heartbeat-answer.json")));
        JsonObject complete = with("job-complete.json", token);
        assertThat(post("/internal/jobs/" + id + "/complete", complete).statusCode())
                .isEqualTo(204);
        assertThat(post("/internal/jobs/" + id + "/complete", complete).statusCode())
                .isEqualTo(204);

        JsonObject job = json(get("/jobs/" + id, ALICE));
        assertThat(Examples.shape(job))
                .containsAll(Examples.shape(Examples.read("job.json")).stream()
                        .filter(path -> !path.equals("/progress"))
                        .toList());
        assertThat(job.getString("state")).isEqualTo("succeeded");
    }

    @Test
    void leasesAndSettlesChecksAsTheContractWritesIt() throws Exception {
        String id = queue.check();
        JsonObject request = JsonIo.object(Examples.read("lease-request.json"))
                .add("queue", "checks")
                .build();

        JsonObject lease =
                json(post("/internal/leases", request)).getJsonArray("leases").getJsonObject(0);
        assertThat(lease.keySet())
                .isEqualTo(Examples.read("lease-answer-check.json")
                        .getJsonArray("leases")
                        .getJsonObject(0)
                        .keySet());
        JsonObject there = with("check-result-there.json", lease.getString("token"));
        assertThat(post("/internal/jobs/" + id + "/complete", there).statusCode())
                .isEqualTo(204);

        assertThat(queue.settled).containsExactly(there.getJsonObject("result"));
    }

    @Test
    void failsAndReleasesAsTheContractWritesIt() throws Exception {
        String id = queue.job("alice");
        LeaseToken first = queue.leaseOne();

        assertThat(post("/internal/jobs/" + id + "/release", with("job-release.json", first.toString()))
                        .statusCode())
                .isEqualTo(204);
        LeaseToken second = queue.leaseOne();
        assertThat(post("/internal/jobs/" + id + "/fail", with("job-fail.json", second.toString()))
                        .statusCode())
                .isEqualTo(204);

        HttpResponse<String> stale =
                post("/internal/jobs/" + id + "/complete", with("job-complete.json", second.toString()));
        assertThat(stale.statusCode()).isEqualTo(409);
        assertThat(JsonIo.parse(stale.body()).getString("code")).isEqualTo("lease-lost");
        assertThat(queue.find(id).failures()).isEqualTo(1);
    }

    @Test
    void takesTheResultOfANoisyJobAndKeepsTheEndOfItsOutput() throws Exception {
        String id = queue.job("alice");
        String token = queue.leaseOne().toString();
        JsonObject run = JsonIo.object()
                .add("output_tail", "x".repeat(300_000) + "\0the end")
                .build();

        JsonObject complete =
                JsonIo.object(with("job-complete.json", token)).add("run", run).build();
        assertThat(post("/internal/jobs/" + id + "/complete", complete).statusCode())
                .isEqualTo(204);

        List<String> tails = queue.database.read(tx ->
                tx.list("select output_tail from job_attempts where job_id = ?", row -> row.text("output_tail"), id));
        assertThat(tails.getFirst()).hasSize(32_768).endsWith("\uFFFDthe end");
    }

    @Test
    void refusesAResultThatOtherReadersCouldNotRead() throws Exception {
        String id = queue.job("alice");
        JsonObject complete = with("job-complete.json", queue.leaseOne().toString());
        JsonObject tooDeep = JsonIo.object(complete).add("result", nested(33)).build();

        HttpResponse<String> refused = post("/internal/jobs/" + id + "/complete", tooDeep);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(queue.find(id).state()).isEqualTo(JobState.RUNNING);
        JsonObject deep = JsonIo.object(complete).add("result", nested(32)).build();
        assertThat(post("/internal/jobs/" + id + "/complete", deep).statusCode())
                .isEqualTo(204);
    }

    @Test
    void takesALongErrorTwiceAndKeepsItsStart() throws Exception {
        String id = queue.job("alice");
        String token = queue.leaseOne().toString();
        JsonObject fail = JsonIo.object(with("job-fail.json", token))
                .add("error", "the start" + "x".repeat(10_000))
                .build();

        for (int i = 0; i < 2; i++) {
            assertThat(post("/internal/jobs/" + id + "/fail", fail).statusCode())
                    .isEqualTo(204);
        }

        assertThat(queue.find(id).error())
                .hasValueSatisfying(error -> assertThat(error).hasSize(4096).startsWith("the start"));
    }

    @Test
    void aLongPollForAJobEndsWhenTheJobDoes() throws Exception {
        String id = queue.job("alice");
        LeaseToken token = queue.leaseOne();
        CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(
                request("/jobs/" + id + "?wait=60s", ALICE).GET().build(), HttpResponse.BodyHandlers.ofString());

        queue.leases.complete(token, JsonValue.EMPTY_JSON_OBJECT, RunStats.NONE);

        JsonObject job = json(waiting.get(20, TimeUnit.SECONDS));
        assertThat(job.getString("state")).isEqualTo("succeeded");
    }

    @Test
    void anOwnerSeesOnlyItsOwnJobs() throws Exception {
        String id = queue.job("alice");

        assertThat(get("/jobs/" + id, BOB).statusCode()).isEqualTo(404);
        assertThat(json(get("/jobs", BOB)).getJsonArray("jobs")).isEmpty();
        assertThat(json(get("/jobs", ALICE)).getJsonArray("jobs")).hasSize(1);
        assertThat(get("/jobs/" + id, "sk_nobody").statusCode()).isEqualTo(401);
    }

    @Test
    void pagesThroughJobsNewestFirst() throws Exception {
        String first = queue.job("alice");
        queue.clock.advance(Duration.ofSeconds(1));
        String second = queue.job("alice");

        JsonObject page = json(get("/jobs?limit=1&state=ready&kind=verify", ALICE));
        JsonObject next = json(get("/jobs?limit=1&cursor=" + page.getString("next_cursor"), ALICE));

        assertThat(page.keySet())
                .isEqualTo(next.keySet())
                .isEqualTo(Examples.read("jobs-page.json").keySet());
        assertThat(page.getJsonArray("jobs").getJsonObject(0).keySet())
                .isEqualTo(Examples.read("job.json").keySet());
        assertThat(page.getJsonArray("jobs").getJsonObject(0).getString("job_id"))
                .isEqualTo(second);
        assertThat(next.getJsonArray("jobs").getJsonObject(0).getString("job_id"))
                .isEqualTo(first);
        assertThat(next.isNull("next_cursor")).as("no empty page follows").isTrue();
    }

    @Test
    void saysWhichStatesAndParametersThereAre() throws Exception {
        queue.job("alice");

        HttpResponse<String> state = get("/jobs?state=finished", ALICE);
        HttpResponse<String> parameter = get("/jobs?stat=ready", ALICE);

        assertThat(state.statusCode()).isEqualTo(400);
        assertThat(state.body()).contains("ready, running, waiting, succeeded, dead, quarantined");
        assertThat(parameter.statusCode()).isEqualTo(400);
        assertThat(parameter.body()).contains("cursor, limit, state, kind, upload_id");
        assertThat(json(get("/jobs?cursor=&limit=&state=&kind=&upload_id=", ALICE))
                        .getJsonArray("jobs"))
                .hasSize(1);
    }

    @Test
    void aWorkerThatSaysThatItStopsIsStopped() throws Exception {
        JsonObject request = JsonIo.object(Examples.read("lease-request.json"))
                .add("wait_ms", 0)
                .build();
        json(post("/internal/leases", request));

        HttpResponse<String> stopped =
                post("/internal/workers/" + request.getString("boot") + "/stopped", JsonValue.EMPTY_JSON_OBJECT);

        assertThat(stopped.statusCode()).isEqualTo(204);
        assertThat(json(get("/internal/workers", WORKER))
                        .getJsonArray("workers")
                        .getJsonObject(0)
                        .getString("state"))
                .isEqualTo("stopped");
    }

    @Test
    void whatAWorkerSaysOfItsQueuesStandsSideBySide() throws Exception {
        JsonObject jobs = JsonIo.object(Examples.read("lease-request.json"))
                .add("wait_ms", 0)
                .build();
        JsonObject idle = JsonIo.object().add("running", 0).build();
        json(post("/internal/leases", jobs));
        json(post(
                "/internal/leases",
                JsonIo.object(jobs).add("queue", "checks").add("stats", idle).build()));

        JsonObject stats = json(get("/internal/workers", WORKER))
                .getJsonArray("workers")
                .getJsonObject(0)
                .getJsonObject("stats");

        assertThat(stats.getJsonObject("jobs")).isEqualTo(jobs.getJsonObject("stats"));
        assertThat(stats.getJsonObject("checks")).isEqualTo(idle);
    }

    @Test
    void refusesWhatIsMalformed() throws Exception {
        String id = queue.job("alice");

        assertThat(get("/jobs/" + id + "?wait=soon", ALICE).statusCode()).isEqualTo(400);
        assertThat(get("/jobs/" + id + "?wait=5m", ALICE).body()).contains("20s or 500ms", "at most 60s");
        assertThat(get("/jobs?limit=0", ALICE).statusCode()).isEqualTo(400);
        assertThat(post("/internal/leases", JsonValue.EMPTY_JSON_OBJECT).statusCode())
                .isEqualTo(400);
        assertThat(send(request("/jobs", ALICE).POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        HttpResponse<String> unknown = get("/nothing/here", ALICE);
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(Examples.shape(Examples.read("problem.json"))).containsAll(Examples.shape(json(unknown)));
        assertThat(send(request("/internal/leases", ALICE).POST(HttpRequest.BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(401);
    }

    private static JsonObject nested(int depth) {
        return JsonIo.parse("{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1));
    }

    private static JsonObject with(String example, String token) {
        return JsonIo.object(Examples.read(example)).add("token", token).build();
    }

    private HttpResponse<String> get(String path, String key) throws IOException, InterruptedException {
        return send(request(path, key).GET());
    }

    private HttpResponse<String> post(String path, JsonObject body) throws IOException, InterruptedException {
        return send(request(path, WORKER).POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + key);
    }

    private static JsonObject json(HttpResponse<String> response) {
        return JsonIo.parse(response.body());
    }
}
