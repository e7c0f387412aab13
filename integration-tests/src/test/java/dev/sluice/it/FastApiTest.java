package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.net.WebhookSignature;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Ended;
import dev.sluice.it.stack.FastApiExample;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Ports;
import dev.sluice.it.stack.Times;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An application of some forty-five lines whose users upload with its own session, and that hears what became of it. */
class FastApiTest {
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final FastApiExample EXAMPLE = new FastApiExample();

    @BeforeAll
    static void start() {
        boolean installed = FastApiExample.installed();
        SuiteReport.say("examples/fastapi: " + (installed ? "run" : "NOT run, no python3 with its packages here"));
        assumeTrue(installed, "no python3 with its packages here");
        EXAMPLE.start();
    }

    @AfterAll
    static void stop() throws IOException {
        EXAMPLE.close();
    }

    @Test
    void whoIsLoggedInUploadsAndTheApplicationsRecordIsUpdated() throws IOException {
        String session = login("maria");

        Answer answer = upload(session, "photo.jpg", new Payload(1, 3_000_000));

        assertThat(answer.status()).as("%s\n%s", answer, EXAMPLE.log()).isEqualTo(201);
        Await.until("the application has heard of it", Times.SETTLED, () -> filesOf(session).stream()
                .anyMatch(file -> file.getString("state").equals("completed")));
        JsonObject file = filesOf(session).getFirst();
        assertThat(file.getString("name")).isEqualTo("photo.jpg");
        assertThat(file.getInt("size")).isEqualTo(3_000_000);
        assertThat(file.getString("upload_id")).isEqualTo(answer.uploadId().orElseThrow());
        assertThat(filesOf(login("other"))).isEmpty();
    }

    @Test
    void whoMayLogInMayUpload() throws IOException {
        Answer answer = upload(login("n".repeat(64)), "long.bin", new Payload(7, 10));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(enter("n".repeat(65)).status()).isEqualTo(422);
    }

    @Test
    void theLastThingSaidIsWhatToOpenAndTheKeyOfTheApplicationReadsTheUploads() throws IOException {
        String id = upload(login("owned"), "owned.bin", new Payload(6, 10))
                .uploadId()
                .orElseThrow();
        Path file = EXAMPLE.sluice().resolve("metadata/keys/application.key");
        String key = Files.readString(file).strip();

        assertThat(EXAMPLE.log().strip()).endsWith("Open " + EXAMPLE.url());
        assertThat(EXAMPLE.log()).contains(file.toString()).doesNotContain(key).doesNotContain("default.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Http.get(EXAMPLE.sluiceUrl() + "/uploads/" + id, Map.of("Authorization", "Bearer " + key))
                        .status())
                .isEqualTo(200);
        assertThat(file.resolveSibling("default.key")).exists();
    }

    @Test
    void whoIsNotLoggedInHearsItFromTheApplication() throws IOException {
        Answer answer = upload("session=stolen", "photo.jpg", new Payload(2, 1000));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("refused-by-application");
        assertThat(answer.json().getString("detail")).isEqualTo("Log in first.");
    }

    @Test
    void theHeartbeatGoesOnWhileAFileIsOnItsWay() throws Exception {
        Payload payload = new Payload(3, 2_000_000);
        Semaphore beats = new Semaphore(0);
        try (HttpClient client = HttpClient.newHttpClient();
                RawUpload upload = open(login("beat"), "slow.bin", payload.size())) {
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create(EXAMPLE.url().replaceFirst("http", "ws") + "/heartbeat"), new Beats(beats))
                    .get(1, TimeUnit.MINUTES);
            upload.send(payload.stream(), payload.size() / 2);
            beats.drainPermits();

            assertThat(beats.tryAcquire(5, 1, TimeUnit.MINUTES)).isTrue();

            socket.abort();
            byte[] bytes = payload.bytes();
            upload.send(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
            assertThat(upload.answer(LONGEST).status()).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/may-upload", "/callback"})
    void whatIsForSluiceIsClosedToTheOutside(String path) {
        assertThat(Http.post(EXAMPLE.url() + path, Map.of(), "{}").status()).isEqualTo(404);
    }

    @Test
    void aQuestionThatComesTwiceMakesOneRecord() throws IOException {
        String session = login("twice");
        mayUpload(session, "asked-twice");
        mayUpload(session, "asked-twice");
        assertThat(filesOf(session)).as("before a callback").isEmpty();

        assertThat(callback("asked-twice", 1, "completed", now(), secret())).isEqualTo(200);

        assertThat(filesOf(session)).singleElement().satisfies(file -> assertThat(file.getString("state"))
                .isEqualTo("completed"));
    }

    @Test
    void ofCallbacksThatComeLateOrTwiceTheHighestCounts() throws IOException {
        String session = login("late");
        mayUpload(session, "late");
        for (int seq : List.of(2, 3, 3, 1)) {
            assertThat(callback("late", seq, "seq-" + seq, now(), secret())).isEqualTo(200);
        }

        assertThat(filesOf(session)).singleElement().satisfies(file -> assertThat(file.getString("state"))
                .isEqualTo("seq-3"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "-3600, ",
        "3600, ",
    })
    void aCallbackIsBelievedOnlyWithASignatureOfNowByTheSecret(long later, String secret) throws IOException {
        String session = login("forged");
        mayUpload(session, "forged");

        String key = secret == null ? secret() : secret;
        assertThat(callback("forged", 1, "completed", now() + later, key)).isEqualTo(401);

        assertThat(filesOf(session)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void aCallbackWithoutAPartOfItsSignatureIsNotBelieved(String missing) throws IOException {
        Map<String, String> headers = new HashMap<>(signed("{\"data\":{}}", now(), secret()));
        headers.remove(missing);

        assertThat(Http.post(EXAMPLE.applicationUrl() + "/callback", headers, "{\"data\":{}}")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aCallbackWithAnotherBodyIsNotBelieved() throws IOException {
        Map<String, String> headers = signed("{\"data\":{}}", now(), secret());

        assertThat(Http.post(EXAMPLE.applicationUrl() + "/callback", headers, "{\"data\":{ }}")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void anotherOneOnItsFolderIsRefusedAndChangesNothing() throws IOException {
        Path configuration = EXAMPLE.data().resolve("nginx/nginx.conf");
        String before = Files.readString(configuration);

        Ended ended =
                EXAMPLE.another(Ports.free(), Map.of("DATA", EXAMPLE.data().toString()));

        assertRefused(ended, "uses " + EXAMPLE.data(), "DATA=");
        assertThat(configuration).hasContent(before);
    }

    @Test
    void anotherOneOnItsPortsIsToldHowToChooseOthers() {
        int port = EXAMPLE.port();
        int application = EXAMPLE.applicationPort();
        int sluice = EXAMPLE.sluicePort();

        assertRefused(EXAMPLE.another(port, Map.of()), "port " + port + " is in use", "start PORT");
        assertRefused(
                EXAMPLE.another(Ports.free(), Map.of("APP_PORT", Integer.toString(application))),
                "port " + application + " is in use",
                "APP_PORT=");
        assertRefused(
                EXAMPLE.another(Ports.free(), Map.of("SLUICE_PORT", Integer.toString(sluice))),
                "port " + sluice + " is in use",
                "SLUICE_PORT=");
    }

    @Test
    void healthIsAnswered() {
        Answer answer = Http.get(EXAMPLE.url() + "/health", Map.of());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().getString("status")).isEqualTo("ok");
    }

    @Test
    void sluiceKnowsClientsByTheirOwnAddresses() throws IOException {
        Payload payload = new Payload(4, 1000);
        Map<String, String> headers = Map.of("Cookie", login("far"), "X-Forwarded-For", "203.0.113.9");
        InetAddress address = InetAddress.getByName("127.0.0.9");
        try (RawUpload upload = new RawUpload(
                address, EXAMPLE.port(), "PUT /upload/far.bin", headers, OptionalLong.of(payload.size()))) {
            upload.send(payload.stream(), payload.size());
            assertThat(upload.answer(LONGEST).status()).isEqualTo(201);
        }

        Path log = EXAMPLE.sluice().resolve("nginx/logs/access.log");
        Await.holds(Times.SETTLED, () -> assertThat(Files.readString(log)).contains("\"address\":\"127.0.0.9\""));
        assertThat(Files.readString(log)).doesNotContain("203.0.113.9");
    }

    private static void assertRefused(Ended ended, String why, String remedy) {
        assertThat(ended.status()).as(ended.output()).isEqualTo(1);
        assertThat(ended.output().lines()).singleElement().asString().contains(why, remedy);
    }

    /** As Sluice asks, past the nginx that keeps everybody else away. */
    private static void mayUpload(String session, String request) {
        Answer answer = Http.post(
                EXAMPLE.applicationUrl() + "/may-upload",
                Map.of("Cookie", session, "X-Request-Id", request),
                "{\"filename\":\"a.txt\"}");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().getJsonObject("data").getString("file")).isEqualTo(request);
    }

    private static int callback(String file, int seq, String state, long time, String secret) {
        String body = Json.createObjectBuilder()
                .add(
                        "data",
                        Json.createObjectBuilder()
                                .add("seq", seq)
                                .add("state", state)
                                .add("data", Json.createObjectBuilder().add("file", file)))
                .build()
                .toString();
        return Http.post(EXAMPLE.applicationUrl() + "/callback", signed(body, time, secret), body)
                .status();
    }

    private static Map<String, String> signed(String body, long time, String secret) {
        String timestamp = Long.toString(time);
        return Map.of(
                "webhook-id",
                "msg_1",
                "webhook-timestamp",
                timestamp,
                "webhook-signature",
                new WebhookSignature(secret).of("msg_1", timestamp, body));
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private static String secret() throws IOException {
        return Files.readString(EXAMPLE.sluice().resolve("secrets/callback.secret"))
                .strip();
    }

    private static String login(String user) {
        Answer answer = enter(user);
        return answer.header("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    private static Answer enter(String user) {
        return Http.post(EXAMPLE.url() + "/login/" + user, Map.of(), "");
    }

    private static List<JsonObject> filesOf(String session) {
        Answer answer = Http.get(EXAMPLE.url() + "/files", Map.of("Cookie", session));
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readArray().getValuesAs(JsonObject.class);
        }
    }

    private static Answer upload(String session, String name, Payload payload) throws IOException {
        try (RawUpload upload = open(session, name, payload.size())) {
            upload.send(payload.stream(), payload.size());
            return upload.answer(LONGEST);
        }
    }

    private static RawUpload open(String session, String name, long size) throws IOException {
        return new RawUpload(EXAMPLE.port(), "PUT /upload/" + name, Map.of("Cookie", session), OptionalLong.of(size));
    }

    private record Beats(Semaphore beats) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            beats.release();
            return WebSocket.Listener.super.onText(socket, text, last);
        }
    }
}
