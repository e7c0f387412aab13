package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.FastApiExample;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Times;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
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
import org.junit.jupiter.params.provider.ValueSource;

/** An application of some forty lines whose users upload with its own session, and that hears what became of it. */
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

    private static String login(String user) {
        Answer answer = Http.post(EXAMPLE.url() + "/login/" + user, Map.of(), "");
        return answer.header("Set-Cookie").orElseThrow().split(";", 2)[0];
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
