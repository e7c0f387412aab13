package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Message;
import dev.sluice.gateway.FakeMetadata.Reply;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heartbeats, late completions, draining, health. */
class LifeTest {
    private static final byte[] BODY = "abc".getBytes(StandardCharsets.UTF_8);
    private static final String HEAD = "PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";

    @TempDir
    private Path folder;

    private RunningGateway running;

    @BeforeEach
    void start() throws Exception {
        running = new RunningGateway(folder);
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void beatsWithANumberABootAndAllOpenUploads() throws Exception {
        try (RawClient client = running.connect()) {
            client.send(HEAD + "ab");
            assertThat(running.store.awaitBegin()).isTrue();
            String request = running.metadata.next(Kind.INTENT).path().replaceFirst(".*/", "");

            JsonObject named = beatWithUploads(1);
            client.send("c").answer();
            JsonObject later = beatWithUploads(0);

            assertThat(named.getJsonArray("uploads").getJsonObject(0).getString("request"))
                    .isEqualTo(request);
            assertThat(UUID.fromString(named.getString("boot")).version()).isEqualTo(7);
            assertThat(later.getInt("number")).isGreaterThan(named.getInt("number"));
            assertThat(later.getString("boot")).isEqualTo(named.getString("boot"));
        }
    }

    @Test
    void acceptsWhenNobodyAnswersAndDeliversExactlyThatLater() throws Exception {
        restart("gateway.completion-patience=PT0.5S");
        running.metadata.answerCompletions(new Reply(503, "{}"));

        HttpResponse<String> answer = running.put("/upload/a", BODY);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).contains("\"status\":\"accepted\"").contains("\"state\":\"stored\"");
        assertThat(answer.headers().firstValue("location")).isPresent();
        Message first = running.metadata.next(Kind.COMPLETION);
        assertThat(beatWithUploads(1).getJsonArray("uploads")).hasSize(1);
        running.metadata.answerCompletions(new Reply(200, ""));
        beatWithUploads(0);
        Message last = first;
        while (running.metadata.count(Kind.COMPLETION) > 0) {
            last = running.metadata.next(Kind.COMPLETION);
        }
        assertThat(last).isNotSameAs(first);
        assertThat(last.json()).isEqualTo(first.json());
        assertThat(last.header("webhook-id")).isEqualTo(first.header("webhook-id"));
    }

    @Test
    void finishesWhatRunsAndRefusesWhatComesWhileDraining() throws Exception {
        try (RawClient client = running.connect()) {
            client.send(HEAD + "ab");
            assertThat(running.store.awaitBegin()).isTrue();
            FutureTask<Boolean> drain = startDrain();

            String done = client.send("c").answer();

            assertThat(done).startsWith("HTTP/1.1 201");
            assertThat(drain.get()).isTrue();
        }
        HttpResponse<String> late = running.put("/upload/b", BODY);
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.body()).contains("draining");
        assertThat(running.health("/health/ready").body()).contains("draining");
    }

    @Test
    void cutsOffWhatOutlastsTheDrain() throws Exception {
        restart("gateway.drain=PT0.5S");
        try (RawClient client = running.connect()) {
            client.send(HEAD + "ab");
            assertThat(running.store.awaitBegin()).isTrue();
            FutureTask<Boolean> drain = startDrain();

            String answer = client.everything();

            assertThat(answer).startsWith("HTTP/1.1 503").contains("draining");
            assertThat(drain.get()).isTrue();
            assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                    .isEqualTo("gateway-stopping");
            assertThat(running.store.contents()).isEmpty();
        }
    }

    @Test
    void answersOperators() throws Exception {
        running.put("/upload/a", BODY);

        assertThat(running.health("/health/live").statusCode()).isEqualTo(200);
        assertThat(running.awaitReady().body()).isEqualTo("{\"status\":\"ok\",\"reasons\":[]}");
        assertThat(running.health("/metrics").body())
                .contains("sluice_gateway_received_bytes_total 3")
                .contains("sluice_gateway_results_total{code=\"stored\"} 1")
                .contains("sluice_gateway_open_uploads 0")
                .contains("sluice_gateway_free_part_buffers 1");
        assertThat(running.health("/elsewhere").statusCode()).isEqualTo(404);
    }

    private void restart(String override) throws Exception {
        running.close();
        running = new RunningGateway(folder, override);
    }

    private FutureTask<Boolean> startDrain() {
        FutureTask<Boolean> drain = new FutureTask<>(() -> {
            running.gateway.drain();
            return true;
        });
        Thread.startVirtualThread(drain);
        return drain;
    }

    private JsonObject beatWithUploads(int count) throws InterruptedException {
        while (true) {
            JsonObject beat = running.metadata.next(Kind.HEARTBEAT).json();
            JsonArray uploads = beat.getJsonArray("uploads");
            if (uploads.size() == count) {
                return beat;
            }
        }
    }
}
