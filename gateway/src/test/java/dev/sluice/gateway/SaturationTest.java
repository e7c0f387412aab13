package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose places are all taken, by clients that stand still, goes on answering. */
@Timeout(120)
class SaturationTest {
    private static final int CEILING = 20;
    private static final String HEAD = "PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n";

    private final List<RawClient> clients = new ArrayList<>();
    private RunningGateway running;

    @BeforeEach
    void takeAllPlaces(@TempDir Path folder) throws Exception {
        running = new RunningGateway(
                folder,
                "gateway.max-open-uploads=" + CEILING,
                "gateway.address-share=100",
                "gateway.owner-share=100",
                "gateway.client-share=100");
        for (int i = 0; i < CEILING; i++) {
            clients.add(running.connect().send(HEAD + "\r\nab"));
            running.metadata.next(Kind.INTENT);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        running.close();
    }

    @Test
    void isLiveAndReadyAndCountsWhatIsOpen() throws Exception {
        HttpResponse<String> ready = running.awaitReady();
        HttpResponse<String> live = running.health("/health/live");
        HttpResponse<String> metrics = running.health("/metrics");

        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        assertThat(metrics.body()).contains("sluice_gateway_open_uploads " + CEILING + "\n");
    }

    @Test
    void refusesOneMoreBeforeAByteAndFinishesWhatIsOpen() throws Exception {
        try (RawClient late = running.connect()) {
            String answer = late.send(HEAD + "Expect: 100-continue\r\n\r\n").answer();

            assertThat(answer).startsWith("HTTP/1.1 503").contains("too-many-uploads");
            assertThat(answer).containsIgnoringCase("retry-after:");
        }
        assertThat(running.metadata.count(Kind.INTENT)).as("nobody was asked").isZero();
        for (RawClient client : clients) {
            assertThat(client.send("c").answer()).startsWith("HTTP/1.1 201");
        }
    }
}
