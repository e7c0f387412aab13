package dev.sluice.metadata.event;

import static dev.sluice.metadata.Answers.assertShape;
import static dev.sluice.metadata.Answers.json;
import static dev.sluice.metadata.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.LocalServer;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.Shape;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.upload.AttemptRoutes;
import dev.sluice.metadata.upload.UploadJson;
import dev.sluice.metadata.upload.UploadParts;
import dev.sluice.metadata.upload.UploadRoutes;
import dev.sluice.metadata.upload.UploadState;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both listeners' routes about uploads, over real ports, with the messages of docs/api/examples. */
class RoutesTest extends FreshProtocol {
    private static final WebhookSignature OURS = secret((byte) 1);
    private static final WebhookSignature FOREIGN = secret((byte) 2);

    private final HttpClient client = HttpClient.newHttpClient();
    private WebServer internal;
    private WebServer outside;

    @BeforeEach
    void start() {
        internal = LocalServer.start(HttpRouting.builder()
                .register(new AttemptRoutes(protocol.access, protocol.intents, protocol.reports, protocol::now))
                .register(new CompletionRoutes(OURS, protocol.completions, protocol::now)));
        UploadJson json = new UploadJson(protocol.tables.attempts(), protocol.boots, new NoParts());
        outside = LocalServer.start(HttpRouting.builder()
                .register(new UploadRoutes(protocol.access, protocol.tables, json))
                .register(new HintRoutes(
                        protocol.access,
                        protocol.hints,
                        List.of(new Store(URI.create("http://127.0.0.1:9000"), Set.of("uploads"))))));
    }

    @AfterEach
    void stop() {
        internal.stop();
        outside.stop();
    }

    @Test
    void theSpineFromIntentToReceipt() throws Exception {
        String id = Shape.example("completion.json").getString("upload_id");
        JsonObject receive = json(put(id, intent()), 200);
        assertShape(receive, "intent-answer-receive.json");
        assertThat(receive.getString("upload_id")).isEqualTo(id);
        assertShape(
                json(gateway("/internal/gateways/gw-1/heartbeat", Shape.example("heartbeat.json")), 200),
                "heartbeat-answer.json");
        JsonObject view = json(get("/uploads/" + id), 200);
        assertThat(view.getString("state")).isEqualTo("receiving");
        assertThat(view.getInt("received")).isEqualTo(65536);

        JsonObject completion = completion(receive);
        JsonObject answer = json(signed(completion, OURS), 200);

        assertShape(answer, "completion-answer.json");
        assertShape(answer.getJsonObject("receipt"), "receipt.json");
        assertThat(json(signed(completion, OURS), 200)).isEqualTo(answer);
        assertShape(json(get("/uploads/" + id), 200), "upload.json");
        JsonObject replay = json(put(protocol.request(), intent()), 200);
        assertShape(replay, "intent-answer-replay.json");
        assertThat(replay.getJsonObject("receipt")).isEqualTo(answer.getJsonObject("receipt"));
    }

    @Test
    void aMessageWithoutAGoodSignatureChangesNothing() throws Exception {
        String id = protocol.request();
        JsonObject completion = completion(json(put(id, intent()), 200));
        long now = protocol.now().getEpochSecond();
        String good = completion.toString();
        String webhookId = id + ".1";

        problem(signed(completion, FOREIGN), 401, "unauthorized");
        problem(post(webhookId, now - 301, good, sign(webhookId, now - 301, good)), 401, "unauthorized");
        problem(post(webhookId, now + 301, good, sign(webhookId, now + 301, good)), 401, "unauthorized");
        problem(
                post(webhookId, now, good.replace("yZRlqg", "AAAAAA"), sign(webhookId, now, good)),
                401,
                "unauthorized");
        problem(post(webhookId, now, good, "v1,"), 401, "unauthorized");
        problem(post("other.1", now, good, sign("other.1", now, good)), 400, "bad-request");
        problem(post(webhookId, now, "[]", sign(webhookId, now, "[]")), 400, "bad-request");
        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);

        String several = FOREIGN.sign(webhookId, now, bytes(good)) + " v1a,xx " + sign(webhookId, now, good);
        assertThat(post(webhookId, now, good, several).statusCode()).isEqualTo(200);
    }

    @Test
    void anUnknownUploadAndASupersededAttemptAreNotCompleted() throws Exception {
        problem(signed(Shape.example("completion.json"), OURS), 404, "not-found");
        String first = protocol.request();
        JsonObject receive = json(put(first, intent()), 200);
        assertThat(gateway("/internal/uploads/" + first + "/verdict", Shape.example("verdict.json"))
                        .statusCode())
                .isEqualTo(204);
        json(put(protocol.request(), intent()), 200);

        problem(signed(completion(receive), OURS), 409, "superseded");
    }

    @Test
    void aDoubtBringsTheRefusalOfTheContract() throws Exception {
        String first = protocol.request();
        json(put(first, intent()), 200);

        assertThat(gateway("/internal/uploads/" + first + "/in-doubt", Shape.example("in-doubt.json"))
                        .statusCode())
                .isEqualTo(204);

        JsonObject refuse = json(put(protocol.request(), intent()), 200);
        assertShape(refuse, "intent-answer-refuse.json");
        assertThat(refuse.getString("code")).isEqualTo("upload-in-doubt");
        assertThat(json(get("/uploads/" + first), 200).getJsonObject("check").getString("note"))
                .startsWith("the end was sent");
    }

    @Test
    void gatewaysNeedTheirTokenAndGoodMessages() throws Exception {
        HttpRequest stranger = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + internal.port() + "/internal/uploads/" + protocol.request()))
                .header("Authorization", "Bearer wrong")
                .PUT(BodyPublishers.ofString(intent().toString()))
                .build();
        problem(client.send(stranger, BodyHandlers.ofString()), 401, "unauthorized");
        problem(put("NOT-A-UUID", intent()), 400, "bad-request");
        problem(put(protocol.request(), JsonValue.EMPTY_JSON_OBJECT), 400, "bad-request");
        problem(
                gateway(
                        "/internal/uploads/" + protocol.request() + "/verdict",
                        Protocol.json("{\"attempt\":1,\"reason\":\"because\"}")),
                400,
                "bad-request");
    }

    @Test
    void aHintNeedsAKeyAndAnAddressOfOurStores() throws Exception {
        JsonObject answer = json(hint(Shape.example("hint.json").toString(), protocol.key), 200);
        assertShape(answer, "hint-answer.json");
        assertThat(answer.getString("state")).isEqualTo("reported");
        assertThat(json(hint(Shape.example("hint.json").toString(), protocol.key), 200))
                .isEqualTo(answer);

        problem(hint("{\"url\":\"http://127.0.0.1:9000/uploads/a\"}", "Bearer wrong"), 401, "unauthorized");
        problem(hint("{\"url\":", protocol.key), 400, "bad-request");
        problem(hint("{\"url\":\"nowhere\"}", protocol.key), 400, "bad-request");
        problem(hint("{\"url\":\"" + "a".repeat(70_000) + "\"}", protocol.key), 413, "request-too-large");
        problem(hint("{\"url\":\"s3://other/a\"}", protocol.key), 422, "unknown-store");
        problem(hint("{\"url\":\"s3://uploads/u/2026/11/21/nobody\"}", protocol.key), 404, "not-found");
    }

    @Test
    void listsOwnUploadsNewestFirstPageByPage() throws Exception {
        String oldest = protocol.letIn();
        protocol.pass(Duration.ofSeconds(1));
        String middle = protocol.letIn();
        protocol.pass(Duration.ofSeconds(1));
        String newest = protocol.letIn();

        JsonObject first = json(get("/uploads?limit=2"), 200);
        assertShape(first, "uploads-page.json");
        JsonObject second = json(get("/uploads?limit=2&cursor=" + first.getString("next_cursor")), 200);

        assertThat(ids(first)).containsExactly(newest, middle);
        assertThat(ids(second)).containsExactly(oldest);
        assertThat(second.isNull("next_cursor")).isTrue();
        problem(get("/uploads?limit=many"), 400, "bad-request");
    }

    @Test
    void anUploadOfSomebodyElseIsNotFound() throws Exception {
        String id = protocol.letIn();
        protocol.committer.commit(tx -> tx.update("update uploads set owner = 'other' where id = ?", id));

        problem(get("/uploads/" + id), 404, "not-found");
        assertThat(ids(json(get("/uploads"), 200))).isEmpty();
    }

    private static List<String> ids(JsonObject page) {
        return page.getJsonArray("uploads").getValuesAs(JsonObject.class).stream()
                .map(upload -> upload.getString("upload_id"))
                .toList();
    }

    private JsonObject intent() throws IOException {
        return Json.createObjectBuilder(Shape.example("intent.json"))
                .add("authorization", protocol.key)
                .add("length", 10)
                .build();
    }

    private static JsonObject completion(JsonObject receive) throws IOException {
        return Json.createObjectBuilder(Shape.example("completion.json"))
                .add("upload_id", receive.getString("upload_id"))
                .add("attempt", receive.getInt("attempt"))
                .add("key", receive.getString("key"))
                .add("size", 10)
                .build();
    }

    private HttpResponse<String> put(String request, JsonObject message) throws Exception {
        return client.send(
                toGateway("/internal/uploads/" + request)
                        .PUT(BodyPublishers.ofString(message.toString()))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> gateway(String path, JsonObject message) throws Exception {
        return client.send(
                toGateway(path)
                        .POST(BodyPublishers.ofString(message.toString()))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder toGateway(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + internal.port() + path))
                .header("Authorization", "Bearer " + Protocol.GATEWAY_TOKEN);
    }

    private HttpResponse<String> signed(JsonObject message, WebhookSignature secret) throws Exception {
        String id = message.getString("upload_id") + '.' + message.getInt("attempt");
        long now = protocol.now().getEpochSecond();
        return post(id, now, message.toString(), secret.sign(id, now, bytes(message.toString())));
    }

    private HttpResponse<String> post(String id, long timestamp, String body, String signatures) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + internal.port() + "/upload-complete"))
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", signatures)
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(toOutside(path, protocol.key).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> hint(String body, String key) throws Exception {
        return client.send(
                toOutside("/upload-complete", key)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder toOutside(String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + outside.port() + path))
                .header("Authorization", key);
    }

    private static String sign(String id, long timestamp, String body) {
        return OURS.sign(id, timestamp, bytes(body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static WebhookSignature secret(byte fill) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, fill);
        return WebhookSignature.parse("whsec_" + Base64.getEncoder().encodeToString(secret))
                .orElseThrow();
    }

    /** An upload without jobs and callbacks. */
    private static final class NoParts implements UploadParts {
        @Override
        public Map<String, Shown> of(Transaction tx, List<String> uploadIds) {
            return uploadIds.stream()
                    .collect(Collectors.toMap(
                            id -> id, id -> new Shown("none", JsonArray.EMPTY_JSON_ARRAY, JsonArray.EMPTY_JSON_ARRAY)));
        }
    }
}
