package dev.sluice.metadata.webhook;

import static dev.sluice.metadata.Answers.assertShape;
import static dev.sluice.metadata.Answers.json;
import static dev.sluice.metadata.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.LocalServer;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.Shape;
import dev.sluice.metadata.access.ServiceToken;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadState;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Notifications over a real port, on a real database. */
@Timeout(60)
class MinioRoutesTest extends FreshProtocol {
    private static final String RECORDED_TOKEN = "abc";
    private static final String TOKEN = "whk_0123456789abcdef";
    private static final String OWNER = "shop";

    private final HttpClient client = HttpClient.newHttpClient();
    private final WebhookMeters meters = new WebhookMeters();
    private WebServer server;

    @BeforeEach
    void start() {
        server = server(Set.of(Protocol.BUCKET, "upl", "ver"));
    }

    @AfterEach
    void stop() {
        server.stop();
        client.close();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
                    put                       | reported | 2026/11/20/abc
                    overwrite                 | reported | 2026/11/20/abc
                    presigned-put-usermeta    | reported | 2026/11/20/pre
                    put-no-content-type-empty | reported | empty
                    put-trailer-crc32c        | reported | trail
                    put-user-agent            | reported | ua
                    put-with-tags             | reported | tagged
                    put-tagging               | ignored  |
                    post-policy-form          | reported | form/my pic.png
                    multipart-complete        | reported | mp/one
                    copy                      | reported | copied
                    delete                    | removed  |
                    delete-missing            | removed  |
                    multi-delete              | reported | md1
                    multi-delete-2            | reported | md2
                    multi-delete-3            | removed  |
                    multi-delete-4            | removed  |
                    versioned-put             | reported | v/1
                    versioned-put-2           | reported | v/1
                    versioned-delete-marker   | removed  |
                    versioned-delete-version  | removed  |
                    versioned-delete-of-marker| removed  |
                    key-1                     | reported | a b+c.txt
                    key-2                     | reported | dir/é ü 漢 😀.txt
                    key-3                     | reported | per%cent%20x
                    key-4                     | reported | q?a=b&c#d
                    key-5                     | reported | a:b@c$d,e;f=g!h*i'j(k)~l
                    key-6                     | reported | `tab\tx`
                    key-7                     | reported | a"quote\\back
                    key-8                     | reported | plus++ sp  ace
                    """)
    void takesWhatMinioReallySends(String name, String outcome, String key) throws IOException {
        Recorded request = Recorded.read(name);

        assertThat(request.post(server.port())).startsWith("HTTP/1.1 200 ").endsWith(answer(outcome));
        boolean reported = outcome.equals("reported");
        List<Upload> rows = uploads();
        assertThat(rows.stream().map(Upload::objectKey)).isEqualTo(reported ? List.of(key) : List.of());
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.owner()).isEqualTo(OWNER);
            assertThat(row.state()).isEqualTo(UploadState.REPORTED);
            assertThat(row.size()).isEmpty();
            assertThat(row.etag()).isEmpty();
        });

        assertThat(request.post(server.port())).endsWith(answer(reported ? "hinted" : outcome));
        assertThat(uploads()).isEqualTo(rows);
        assertThat(parked()).isEmpty();
    }

    private static String answer(String outcome) {
        return "{\"status\":\"ok\",\"records\":[\"" + outcome + "\"]}\n";
    }

    @Test
    void whatWasOverwrittenIsANewUploadOnceACheckHasSeenIt() throws IOException {
        Recorded.read("put").post(server.port());
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever"));

        Recorded.read("put").post(server.port());
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever"));
        assertThat(uploads()).hasSize(1);

        Recorded.read("overwrite").post(server.port());
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever").replace("etag-1", "etag-2"));

        assertThat(uploads())
                .extracting(row -> row.etag().orElseThrow())
                .as("as the store says, whatever the notification did")
                .containsExactlyInAnyOrder("etag-1", "etag-2");
        assertThat(protocol.announcer.said).hasSize(2);
    }

    @Test
    void anUploadOfOursIsLookedAtSoonAndNeverCompletedOrDoubled() throws Exception {
        String id = protocol.letIn();
        String key = protocol.upload(id).objectKey();

        assertThat(outcomes(event("s3:ObjectCreated:Put", Protocol.BUCKET, key)))
                .containsExactly("hinted");

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);
        assertThat(protocol.attempt(id, 1).look().at())
                .contains(protocol.now().plus(Protocol.TIMES.hint()).toEpochMilli());
        protocol.stored(id, 1);
        Upload completed = protocol.upload(id);
        assertThat(outcomes(event("s3:ObjectCreated:Put", Protocol.BUCKET, key)))
                .containsExactly("hinted");
        assertThat(outcomes(event("s3:ObjectRemoved:Delete", Protocol.BUCKET, key)))
                .containsExactly("removed");
        assertThat(protocol.upload(id)).isEqualTo(completed);
        assertThat(protocol.attempt(id, 1).look().at()).isEmpty();
        assertThat(uploads()).hasSize(1);
    }

    @Test
    void underOurOwnPrefixOnlyExactKeysCountAndOtherBucketsNever() throws Exception {
        String key = protocol.upload(protocol.letIn()).objectKey();

        assertThat(outcomes(event("s3:ObjectCreated:Put", Protocol.BUCKET, key + "-019aa3c2")))
                .containsExactly("unknown-key");
        assertThat(outcomes(event("s3:ObjectCreated:Put", "elsewhere", key))).containsExactly("unknown-bucket");
        assertThat(uploads()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "ObjectCreated:Put, reported",
        "s3:ObjectCreated:SomethingNew, reported",
        "s3:ObjectCreated:DeleteTagging, ignored",
        "s3:ObjectCreated:PutRetention, ignored",
        "s3:ObjectCreated:PutLegalHold, ignored",
        "s3:ObjectAcl:Put, ignored",
        "s3:ObjectAccessed:Get, ignored",
        "s3:Replication:OperationCompletedReplication, ignored",
        "s3:ObjectRestore:Completed, ignored",
        "s3:ObjectRemoved:Delete, removed",
        "somethingElse, ignored"
    })
    void onlyNewContentMatters(String event, String outcome) throws Exception {
        assertThat(outcomes(event(event, Protocol.BUCKET, "incoming/file"))).containsExactly(outcome);
        assertThat(uploads()).hasSize(outcome.equals("reported") ? 1 : 0);
    }

    @Test
    void severalRecordsAreAllTakenAlsoBesideABadOne() throws Exception {
        String body = records(
                record("s3:ObjectCreated:Put", Protocol.BUCKET, "incoming/one"),
                record("s3:ObjectCreated:Put", Protocol.BUCKET, "incoming/%zz"),
                record("s3:ObjectRemoved:Delete", Protocol.BUCKET, "incoming/gone"),
                "17",
                record("s3:ObjectCreated:Put", Protocol.BUCKET, "incoming/two"),
                record("s3:ObjectCreated:Put", Protocol.BUCKET, "incoming/one"));

        assertThat(outcomes(body)).containsExactly("reported", "parked", "removed", "parked", "reported", "hinted");

        assertThat(uploads()).extracting(Upload::objectKey).containsExactlyInAnyOrder("incoming/one", "incoming/two");
        assertThat(parked()).containsExactly("bad-key");
        Map<String, Long> counted = new HashMap<>();
        meters.forEach(counted::put);
        assertThat(counted)
                .containsEntry("reported", 2L)
                .containsEntry("parked", 2L)
                .containsEntry("hinted", 1L)
                .containsEntry("removed", 1L)
                .containsEntry("test", 0L);
    }

    static Stream<String> junk() {
        return Stream.of(
                "",
                "{",
                "[]",
                "null",
                "nonsense \0 \u0001",
                "{}",
                "{\"Records\":[]}",
                "{\"Records\":{}}",
                "{\"Records\":[[]]}",
                "{\"Records\":[{}]}",
                "{\"Records\":[{\"eventName\":7}]}",
                "{\"Records\":[{\"eventName\":\"s3:ObjectCreated:Put\"}]}",
                "{\"Records\":[{\"eventName\":\"s3:ObjectCreated:Put\",\"s3\":[]}]}",
                "{\"Records\":[{\"eventName\":\"s3:ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":1},\"object\":{}}}]}",
                "{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000),
                "{\"Records\":[" + "[".repeat(50_000),
                event("s3:ObjectCreated:Put", Protocol.BUCKET, "a/../b"),
                event("s3:ObjectCreated:Put", Protocol.BUCKET, "a%00b"),
                event("s3:ObjectCreated:Put", Protocol.BUCKET, "x".repeat(1025)),
                "{\"Records\":[" + " ".repeat(300_000) + "]}",
                "x".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("junk")
    void junkIsPutAsideAndNothingWaitsBehindIt(String body) throws Exception {
        assertThat(outcomes(body)).containsExactly("parked");

        assertThat(parked()).hasSize(1);
        assertThat(uploads()).isEmpty();
        assertThat(outcomes(event("s3:ObjectCreated:Put", Protocol.BUCKET, "incoming/good")))
                .containsExactly("reported");
    }

    @Test
    void aTestEventIsNothing() throws Exception {
        assertThat(outcomes("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"b\"}"))
                .containsExactly("test");
        assertThat(parked()).isEmpty();
    }

    @Test
    void whatIsPutAsideNeverGrowsBeyondANumberOfRowsOrAnAge() {
        long now = protocol.now().toEpochMilli();
        byte[] body = "x".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        protocol.committer.commit(tx -> {
            for (int i = 0; i < ParkedWebhooks.MAX_ROWS + 10; i++) {
                ParkedWebhooks.park(tx, "minio", "reason " + i, body, now);
            }
            return 1;
        });
        assertThat(parked())
                .hasSize(ParkedWebhooks.MAX_ROWS)
                .contains("reason 1009")
                .doesNotContain("reason 9");
        assertThat(protocol.database.<Long>read(
                        tx -> tx.first("select max(length(body)) as n from parked_webhooks", row -> row.number("n"))
                                .orElseThrow()))
                .isEqualTo(ParkedWebhooks.MAX_BODY);

        protocol.committer.commit(tx -> {
            ParkedWebhooks.park(
                    tx, "minio", "later", body, now + Duration.ofDays(31).toMillis());
            return 1;
        });

        assertThat(parked()).containsExactly("later");
    }

    @Test
    void eachOfTheTokensIsGoodAndNothingElse() throws Exception {
        String body = event("s3:ObjectCreated:Put", Protocol.BUCKET, "incoming/file");

        for (String wrong : List.of("Bearer " + TOKEN + "x", "Bearer " + TOKEN.substring(1), "Basic " + TOKEN, TOKEN)) {
            problem(post(wrong, body), 401, "unauthorized");
        }
        problem(client.send(request().POST(ofString(body)).build(), asText()), 401, "unauthorized");
        assertThat(uploads()).isEmpty();
        assertThat(parked()).isEmpty();

        json(post("Bearer " + TOKEN, body), 200);
        json(post("Bearer " + RECORDED_TOKEN, body), 200);
        assertThat(uploads()).hasSize(1);
    }

    @Test
    void whoCanNotBeServedNowIsHeldForAMomentAndTriesAgain() throws Exception {
        protocol.committer.close();
        long begun = System.nanoTime();

        HttpResponse<String> answer =
                post("Bearer " + TOKEN, event("s3:ObjectCreated:Put", Protocol.BUCKET, "incoming/file"));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1400));
        problem(answer, 503, "metadata-unavailable");
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void theContractIsKept() throws Exception {
        JsonObject answer =
                json(post("Bearer " + TOKEN, Shape.example("minio-webhook.json").toString()), 200);

        assertShape(answer, "minio-webhook-answer.json");
        assertThat(uploads()).extracting(Upload::objectKey).containsExactly("incoming/report 2026.pdf");
    }

    private static String event(String name, String bucket, String encodedKey) {
        return records(record(name, bucket, encodedKey));
    }

    private static String records(String first, String... more) {
        return "{\"Records\":["
                + String.join(
                        ",", Stream.concat(Stream.of(first), Stream.of(more)).toList()) + "]}";
    }

    private static String record(String name, String bucket, String encodedKey) {
        return Json.createObjectBuilder()
                .add("eventName", name)
                .add(
                        "s3",
                        Json.createObjectBuilder()
                                .add("bucket", Json.createObjectBuilder().add("name", bucket))
                                .add(
                                        "object",
                                        Json.createObjectBuilder()
                                                .add("key", encodedKey)
                                                .add("size", "forged")
                                                .add("eTag", "deadbeef")))
                .build()
                .toString();
    }

    private List<String> outcomes(String body) throws Exception {
        return json(post("Bearer " + TOKEN, body), 200).getJsonArray("records").getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
    }

    private HttpResponse<String> post(String authorization, String body) throws Exception {
        return client.send(
                request()
                        .header("Authorization", authorization)
                        .POST(ofString(body))
                        .build(),
                asText());
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/upload-complete/minio"));
    }

    private static HttpRequest.BodyPublisher ofString(String body) {
        return HttpRequest.BodyPublishers.ofString(body);
    }

    private static HttpResponse.BodyHandler<String> asText() {
        return HttpResponse.BodyHandlers.ofString();
    }

    private List<Upload> uploads() {
        return protocol.database.read(tx -> tx.list("select * from uploads", Upload::of));
    }

    private List<String> parked() {
        return protocol.database.read(
                tx -> tx.list("select reason from parked_webhooks order by seq", row -> row.text("reason")));
    }

    private WebServer server(Set<String> buckets) {
        Inbox inbox = new Inbox("minio", protocol.tables, protocol.hints, OWNER, buckets, meters);
        return LocalServer.start(HttpRouting.builder()
                .register(new MinioRoutes(List.of(new ServiceToken(RECORDED_TOKEN), new ServiceToken(TOKEN)), inbox)));
    }
}
