package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may send notifications through nginx, and what becomes of those that nobody can read. */
class WebhookEdgeTest {
    private static final Stack STACK = new Stack("webhook-edge", Options.plain());

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void onlyTheTokensOfTheStoreAreGood() {
        String token = STACK.webhookToken("minio");
        String key = STACK.foreignKey("forbidden");
        for (String wrong : List.of(
                "Bearer " + token + "x",
                "Bearer " + token.substring(1),
                "Bearer " + STACK.key("default"),
                "Bearer " + STACK.workerToken(),
                "Basic " + token,
                token,
                "Bearer",
                "")) {
            MinioSender sender = new MinioSender(STACK, wrong);

            Answer answer = sender.send(sender.event("put", key));

            assertThat(answer.status()).as("%s: %s", wrong, answer).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("unauthorized");
        }
        assertThat(new Reported(STACK, key).rows()).isEmpty();
    }

    @Test
    void whileTheTokenChangesTheOldAndTheNewOneAreGoodAndNothingIsLost() throws Exception {
        String old = STACK.webhookToken("minio");
        String next = STACK.webhookToken("minio-next");
        MinioSender store = MinioSender.withToken(STACK, next);
        assertThat(taken(old)).isEqualTo(200);
        assertThat(taken(next)).isEqualTo(200);
        STACK.renewWebhookToken("minio");

        List<String> keys =
                Seeds.all().mapToObj(seed -> STACK.foreignKey("turn-" + seed)).toList();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sender = executor.submit(() -> keys.forEach(key -> store.deliver(store.event("put", key))));
            STACK.metadata().stop();
            STACK.metadata().start();
            sender.get();
        }

        assertThat(taken(old)).isEqualTo(401);
        assertThat(taken(next)).isEqualTo(200);
        assertThat(taken(STACK.webhookToken("minio"))).isEqualTo(200);
        assertThat(keys)
                .allSatisfy(key -> assertThat(new Reported(STACK, key).rows()).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "nonsense",
                "{\"Records\":[]}",
                "{\"Records\":[{\"eventName\":\"s3:ObjectCreated:Put\"}]}",
                "@deep@",
                "@long@"
            })
    void whatNobodyCanReadIsTakenAndKeepsNothingBack(String name) {
        MinioSender store = MinioSender.of(STACK);
        String junk = name.replace("@deep@", "{\"a\":".repeat(20_000)).replace("@long@", "x".repeat(250_000));

        Answer answer = store.send(junk);

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().getJsonArray("records").getString(0)).isEqualTo("parked");
        assertThat(store.deliver(store.event("put", STACK.foreignKey("behind-" + junk.hashCode()))))
                .isEqualTo("reported");
        assertThat(STACK.nginxBodyFiles()).isEmpty();
    }

    @Test
    void nginxRefusesWhatNoStoreSends() {
        Answer answer = MinioSender.of(STACK).send("x".repeat(300_000));

        assertThat(answer.status()).as("%s", answer).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("request-too-large");
        assertThat(answer.json().getString("detail"))
                .isEqualTo("The limit of a message is 64 KiB, of a notification 256 KiB.");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /upload-complete/minio, 405",
        "PUT, /upload-complete/minio, 405",
        "POST, /upload-complete/, 404",
        "POST, /upload-complete/other, 404",
        "POST, /upload-complete/minio/more, 404",
        "POST, /upload-complete/../internal/leases, 404",
        "POST, /upload-complete/%2e%2e/internal/leases, 404",
        "POST, //upload-complete/minio, 404"
    })
    void thereIsNothingElse(String method, String path, int status) throws IOException {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + STACK.webhookToken("minio"));
        try (RawUpload request = new RawUpload(STACK.port(), method + " " + path, headers, OptionalLong.of(0))) {
            Answer answer = request.answer(Times.SETTLED);

            assertThat(answer.status()).as("%s", answer).isEqualTo(status);
            assertThat(answer.header("Content-Type")).contains("application/problem+json");
        }
    }

    /** nginx likes to answer a path that only lacks its last slash with a redirect. */
    @Test
    void postedUrlsHaveTheirOwnRouteBesideThis() {
        Answer hint = Api.of(STACK).hint(STACK.bucket().urlOf(STACK.foreignKey("posted")));

        assertThat(hint.status()).as("%s", hint).isEqualTo(200);
    }

    @Test
    void anObjectInABucketOfNobodyHereIsNone() {
        MinioSender store = MinioSender.of(STACK);
        String key = STACK.foreignKey("elsewhere");
        String event = store.event("put", key)
                .toString()
                .replace("\"name\":\"" + STACK.bucket().name() + "\"", "\"name\":\"elsewhere\"");

        Answer answer = store.send(event);

        assertThat(answer.json().getJsonArray("records").getString(0)).isEqualTo("unknown-bucket");
        assertThat(new Reported(STACK, key).rows()).isEmpty();
    }

    private static int taken(String token) {
        MinioSender sender = MinioSender.withToken(STACK, token);
        return sender.send(sender.event("put", STACK.foreignKey("any"))).status();
    }
}
