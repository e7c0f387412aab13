package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that end well. */
class ReceivingTest {
    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(folder);
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65535, 65536, 65537, 131071, 131072, 500_000})
    void storesExactlyWhatWasSentWithKnownLength(int size) throws Exception {
        byte[] body = bytes(size);

        HttpResponse<String> answer = running.put("/upload/photo.jpg", body);

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(running.store.contents()).singleElement().isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65535, 65536, 65537, 131071, 131072, 500_000})
    void storesExactlyWhatWasSentChunked(int size) throws Exception {
        byte[] body = bytes(size);

        HttpResponse<String> answer =
                running.put("/upload/photo.jpg", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(running.store.contents()).singleElement().isEqualTo(body);
    }

    @Test
    void announcesWhatTheStoreAcknowledged() throws Exception {
        HttpResponse<String> answer = running.put("/upload/photo.jpg", bytes(1000));

        JsonObject intent = running.metadata.next(Kind.INTENT).json();
        FakeMetadata.Message message = running.metadata.next(Kind.COMPLETION);
        JsonObject completion = message.json();
        assertThat(intent.getString("filename")).isEqualTo("photo.jpg");
        assertThat(intent.getInt("length")).isEqualTo(1000);
        assertThat(completion.getInt("size")).isEqualTo(1000);
        assertThat(completion.get("sha256")).isEqualTo(JsonValue.NULL);
        assertThat(message.header("webhook-id")).isEqualTo(completion.getString("upload_id") + ".1");
        assertThat(message.header("webhook-signature")).startsWith("v1,");
        assertThat(message.header("authorization")).isEqualTo("Bearer token-1");
        assertThat(answer.headers().firstValue("location")).hasValue("/uploads/" + completion.getString("upload_id"));
        assertThat(answer.body()).contains("\"state\":\"completed\"");
    }

    @Test
    void keepsTheConnectionAfterWholeUploads() throws Exception {
        try (RawClient client = running.connect()) {
            String request = "PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";

            String first = client.send(request).answer();
            String second = client.send(request).answer();

            assertThat(first).startsWith("HTTP/1.1 201");
            assertThat(second).startsWith("HTTP/1.1 201");
        }
    }

    @Test
    void computesTheDigestWhenAsked() throws Exception {
        byte[] body = bytes(70_000);
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(body);

        HttpResponse<String> answer = running.put("/upload/a?digest=sha-256", body);

        assertThat(answer.headers().firstValue("repr-digest"))
                .hasValue("sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
        assertThat(running.metadata.next(Kind.INTENT).json().getBoolean("want_sha256"))
                .isTrue();
        assertThat(running.metadata.next(Kind.COMPLETION).json().getString("sha256"))
                .isEqualTo(HexFormat.of().formatHex(sha256));
    }

    @Test
    void acceptsTheDigestThatTheClientDeclared() throws Exception {
        byte[] body = bytes(1000);
        String sha256 = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(body));

        HttpResponse<String> answer = running.put("/upload/a", body, "Content-Digest", "sha-256=:" + sha256 + ":");

        assertThat(answer.statusCode()).isEqualTo(201);
    }

    @Test
    void takesNameAndKeyFromThePostedRequest() throws Exception {
        HttpResponse<String> answer = running.send(running.request("/upload")
                .headers(
                        "Content-Disposition",
                        "attachment; filename=\"x.txt\"; filename*=UTF-8''%C3%A9.txt",
                        "Idempotency-Key",
                        "\"order 1\"",
                        "Authorization",
                        "Bearer sk_1",
                        "Cookie",
                        "session=1; theme=\"dark, blue\"",
                        "X-Request-Id",
                        "corr-1")
                .POST(BodyPublishers.ofString("abc")));

        JsonObject intent = running.metadata.next(Kind.INTENT).json();
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(intent.getString("filename")).isEqualTo("é.txt");
        assertThat(intent.getString("idempotency_key")).isEqualTo("order 1");
        assertThat(intent.getString("authorization")).isEqualTo("Bearer sk_1");
        assertThat(intent.getString("cookie")).isEqualTo("session=1; theme=\"dark, blue\"");
        assertThat(intent.getString("correlation_id")).isEqualTo("corr-1");
        assertThat(intent.getString("method")).isEqualTo("POST");
    }

    @Test
    void sendsContinueOnlyOnceTheStoreIsWilling() throws Exception {
        try (RawClient client = running.connect()) {
            client.send("PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

            String go = client.answer();
            int begun = running.store.begun();
            String answer = client.send("abc".getBytes(StandardCharsets.UTF_8)).answer();

            assertThat(go).startsWith("HTTP/1.1 100");
            assertThat(begun).isEqualTo(1);
            assertThat(answer).startsWith("HTTP/1.1 201");
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
