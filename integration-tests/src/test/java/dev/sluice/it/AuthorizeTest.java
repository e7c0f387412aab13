package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.hostile.Traces;
import dev.sluice.it.net.Answer;
import dev.sluice.it.net.AskedApplication;
import dev.sluice.it.net.AskedApplication.Asked;
import dev.sluice.it.net.AskedApplication.Say;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The application has a say about every upload before a byte of it is read. */
class AuthorizeTest {
    private static final String SESSION = "session=of-maria-0123456789";
    private static final String FILE = "payslip";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonObject DATA =
            Json.createObjectBuilder().add("order", 4711).build();
    private static final AskedApplication APPLICATION = new AskedApplication();

    private static final Stack STACK = new Stack(
            "authorize",
            Options.plain()
                    .command("echo", "/bin/cat")
                    .metadata(
                            "metadata.authorize.url=" + APPLICATION.url(),
                            "metadata.authorize.owner=other",
                            "metadata.authorize.buckets.0=pictures",
                            // no machine is so slow that an application which answers is not heard
                            "metadata.authorize.timeout=" + PATIENCE,
                            "metadata.jobs.lease=PT60S",
                            "metadata.callback.timeout=PT60S")
                    .gateway("gateway.intent-timeout=PT60S")
                    .nginx("TRUSTED_PROXY", "127.0.0.2"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterAll
    static void stop() {
        APPLICATION.close();
    }

    @Test
    void aSessionOfTheApplicationIsEnoughAndItsDataComesBackEverywhere() throws IOException {
        APPLICATION.say(new Say(200, "{\"data\":" + DATA + "}"));
        Sending sending = ofMaria("photo.jpg", 5000).with("Content-Type", "application/x-echo");

        Answer answer = sending.send(STACK);

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        String id = answer.uploadId().orElseThrow();
        Asked asked = APPLICATION.asked().getFirst();
        assertThat(asked.cookie()).isEqualTo(SESSION);
        assertThat(asked.body().getString("filename")).isEqualTo("photo.jpg");
        assertThat(asked.body().getString("content_type")).isEqualTo("application/x-echo");
        assertThat(asked.body().getInt("length")).isEqualTo(5000);
        Api api = new Api(STACK, "other");
        JsonObject upload = api.awaitSettled(id);
        assertThat(upload.getJsonObject("data")).isEqualTo(DATA);
        assertThat(eventsOf(api, id)).hasSize(3).allSatisfy(event -> assertThat(
                        event.getJsonObject("data").getJsonObject("data"))
                .isEqualTo(DATA));
        assertThat(STACK.receiver().received().stream()
                        .filter(one -> one.uploadId().equals(id)))
                .extracting(Received::data)
                .hasSize(3)
                .allSatisfy(data -> assertThat(data.getJsonObject("data")).isEqualTo(DATA));
        assertThat(leased(api, upload).getJsonObject("upload").getJsonObject("data"))
                .isEqualTo(DATA);
    }

    @Test
    void ownerBucketAndLimitAreTheApplications() throws IOException {
        STACK.bucket("pictures").make();
        APPLICATION.say(new Say(200, "{\"owner\":\"default\",\"bucket\":\"pictures\",\"max_bytes\":1000}"));

        Answer fits = ofMaria("small.jpg", 1000).send(STACK);
        Answer declared = ofMaria("large.jpg", 1001).send(STACK);
        Answer undeclared = ofMaria("endless.jpg", 1001).inChunks().send(STACK);

        assertThat(fits.status()).as("%s", fits).isEqualTo(201);
        JsonObject row = Api.of(STACK).awaitSettled(fits.uploadId().orElseThrow());
        assertThat(row.getString("bucket")).isEqualTo("pictures");
        assertThat(row.getString("processing")).isEqualTo("succeeded");
        assertThat(STACK.bucket("pictures").exists(row.getString("key"))).isTrue();
        for (Answer answer : List.of(declared, undeclared)) {
            assertThat(answer.status()).as("%s", answer).isEqualTo(413);
            assertThat(answer.code()).isEqualTo("upload-too-large");
        }
    }

    @Test
    void refusesInTheApplicationsWordsWithoutTakingAByte() throws IOException {
        APPLICATION.say(new Say(403, "{\"detail\":\"Maria, your space is used up.\"}"));
        List<String> before = STACK.bucket().keys("");
        Sending sending = ofMaria("refused.jpg", 1_000_000);

        Answer answer;
        try (RawUpload upload = sending.open(STACK)) {
            answer = upload.answer(Times.SETTLED);
        }

        assertThat(answer.status()).as("%s", answer).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("refused-by-application");
        assertThat(answer.json().getString("detail")).isEqualTo("Maria, your space is used up.");
        assertThat(answer.uploadId()).isEmpty();
        assertThat(STACK.bucket().keys("")).containsExactlyInAnyOrderElementsOf(before);
        assertThat(Stream.of("default", "other")
                        .flatMap(owner -> new Api(STACK, owner).uploads().stream())
                        .map(row -> row.getString("filename", "")))
                .doesNotContain("refused.jpg");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"500|", "200|not json", "201|{}", "200|{\"bucket\":\"secrets\"}", "307|"})
    void withoutAnAnswerNothingIsTaken(int status, String body) throws IOException {
        APPLICATION.say(new Say(status, body == null ? "" : body));

        Answer answer = ofMaria("photo.jpg", 1000).send(STACK);

        assertUnavailable(answer);
        assertThat(APPLICATION.asked()).extracting(Asked::path).containsOnly("/may-upload");
    }

    /** The code is the metadata service's: had it waited longer than it may, the gateway would have given up with its own. */
    @Test
    void anApplicationThatHangsHoldsUpNobodyElseAndNobodyForLong() throws IOException {
        APPLICATION.say(Say.HANG);
        long begin = System.nanoTime();
        try (RawUpload upload = ofMaria("photo.jpg", 1000).open(STACK)) {
            Await.until("it is asked", Times.SETTLED, () -> !APPLICATION.asked().isEmpty());
            Api.of(STACK).uploads();
            Duration others = Duration.ofNanos(System.nanoTime() - begin);

            assertUnavailable(upload.answer(Times.SETTLED));
            assertThat(others).isLessThan(PATIENCE);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(PATIENCE);
        }
    }

    @Test
    void isAskedAnewForARepeatWithTheSameKey() throws IOException {
        APPLICATION.say(new Say(200, "{}"));
        Sending sending = ofMaria("keyed.jpg", 1000).with("Idempotency-Key", "keyed-1");
        assertThat(sending.send(STACK).status()).isEqualTo(201);

        APPLICATION.say(new Say(401, "{\"detail\":\"Log in.\"}"));
        Answer loggedOut = sending.send(STACK);
        APPLICATION.say(new Say(200, "{}"));
        Answer again = sending.send(STACK);

        assertThat(loggedOut.status()).isEqualTo(401);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.header("Idempotency-Replayed")).contains("true");
    }

    @Test
    void ourKeysStayWithUs() throws IOException {
        APPLICATION.say(new Say(204, ""));

        Answer answer = Sending.of("with-key.jpg", new Payload(1, 1000)).send(STACK);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(APPLICATION.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.authorization()).isEmpty();
            assertThat(asked.body().getString("owner")).isEqualTo("default");
        });
        assertThat(Api.of(STACK).state(answer.uploadId().orElseThrow())).isEqualTo("completed");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.2, 198.51.100.7", "127.0.0.1, 127.0.0.1"})
    void aClientsAddressIsWhatTheProxyInFrontSaysAndNoClientsOwnWord(String from, String told) throws IOException {
        APPLICATION.say(new Say(204, ""));
        Map<String, String> headers = Map.of("Cookie", SESSION, "X-Forwarded-For", "203.0.113.1, 198.51.100.7");

        try (RawUpload upload = new RawUpload(
                InetAddress.getByName(from), STACK.port(), "PUT /upload/from-afar", headers, OptionalLong.of(0))) {
            assertThat(upload.answer(Times.SETTLED).status()).isEqualTo(201);
        }

        assertThat(APPLICATION.asked()).singleElement().satisfies(asked -> assertThat(
                        asked.body().getString("client_address"))
                .isEqualTo(told));
    }

    @Test
    void noLogHoldsASessionOrTheNameOfAFile() throws IOException {
        APPLICATION.say(new Say(200, "{\"data\":{\"note\":\"" + FILE + "\"}}"));
        Answer stored = ofMaria(FILE + ".pdf", 1000)
                .with("Authorization", "Bearer token-of-maria")
                .send(STACK);
        APPLICATION.say(new Say(403, "{\"detail\":\"" + FILE + "\"}"));
        Answer refused = ofMaria(FILE + ".pdf", 1000).send(STACK);
        APPLICATION.say(new Say(200, "{\"owner\":\"" + FILE + "/\"}"));
        Answer undecided = ofMaria(FILE + ".pdf", 1000).send(STACK);

        Traces traces = new Traces(STACK);
        Await.holds(Times.SETTLED, () -> assertThat(List.of(stored, refused, undecided))
                .allSatisfy(answer -> assertThat(traces.lines())
                        .filteredOn(line -> line.log().equals("access.log"))
                        .anyMatch(line -> line.text()
                                .contains(answer.header("X-Request-Id").orElseThrow()))));
        assertThat(traces.lines())
                .anyMatch(line -> line.text().contains("application undecided"))
                .noneMatch(line -> line.text().contains("of-maria"))
                .noneMatch(line -> line.text().contains(FILE));
    }

    private static Sending ofMaria(String filename, long size) {
        return Sending.of(filename, new Payload(size, size))
                .with("Authorization", "")
                .with("Cookie", SESSION);
    }

    private static void assertUnavailable(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("application-unavailable");
        assertThat(answer.header("Retry-After")).isPresent();
    }

    private static List<JsonObject> eventsOf(Api api, String id) {
        return api.events().stream()
                .filter(event -> event.getString("upload_id").equals(id))
                .toList();
    }

    /** What the command job was given on its standard input, which it has made its result. */
    private static JsonObject leased(Api api, JsonObject upload) {
        return upload.getJsonArray("jobs").getValuesAs(JsonObject.class).stream()
                .filter(job -> job.getString("kind").equals("echo"))
                .map(job -> api.job(job.getString("job_id")).getJsonObject("result"))
                .findFirst()
                .orElseThrow();
    }
}
