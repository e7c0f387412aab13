package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Reply;
import dev.sluice.gateway.metadata.Reports;
import dev.sluice.gateway.object.ObjectRoutes;
import dev.sluice.gateway.upload.UploadReceiver;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A metadata service whose answers have no end: they are read up to a limit, and are no answers. */
@Timeout(120)
class LongAnswersTest {
    private static final byte[] BODY = "abc".getBytes(StandardCharsets.UTF_8);
    private static final String REASON = "the answer is longer than 1048576 bytes";
    /** The gateway's limit, and with much room what the buffers of two sockets take. */
    private static final long MOST_READ = 24_000_000;

    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(
                folder,
                "gateway.intent-timeout=PT3S",
                "gateway.completion-patience=PT3S",
                "storage.reader-access-key=reader",
                "storage.reader-secret-key-file=" + folder.resolve("secret"));
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void nothingIsReadOrStoredWithoutADecision() throws Exception {
        running.metadata.answerIntents(Collections.nCopies(100, Reply.ENDLESS).toArray(Reply[]::new));
        try (LogLines log = new LogLines(UploadReceiver.class)) {
            HttpResponse<String> answer = running.put("/upload/a", BODY);

            assertUnavailable(answer);
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .startsWith("intent undecided ")
                    .endsWith(REASON);
        }
        assertThat(running.store.begun()).isZero();
        assertThat(running.health("/metrics").body()).contains("sluice_gateway_open_uploads 0\n");
        assertThat(running.metadata.longestWritten()).isPositive().isLessThan(MOST_READ);
    }

    @Test
    void theNextAnswerCounts() throws Exception {
        running.metadata.answerIntents(Reply.ENDLESS);

        assertThat(running.put("/upload/a", BODY).statusCode()).isEqualTo(201);
    }

    @Test
    void aReportGoesOnBeingSentUntilItsAnswerCanBeRead() throws Exception {
        running.metadata.answerCompletions(Reply.ENDLESS);
        try (LogLines log = new LogLines(Reports.class)) {
            HttpResponse<String> answer = running.put("/upload/a", BODY);

            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .startsWith("report waits request=")
                    .contains(REASON);
        }
        assertThat(running.store.contents()).containsExactly(BODY);

        running.metadata.answerCompletions(new Reply(200, ""));

        assertThat(running.awaitMetrics("sluice_gateway_pending_reports 0\n")).isTrue();
        assertThat(running.metadata.longestWritten()).isPositive().isLessThan(MOST_READ);
    }

    @Test
    void noObjectIsHandedOut() throws Exception {
        running.metadata.answerObjects(Collections.nCopies(100, Reply.ENDLESS).toArray(Reply[]::new));
        try (LogLines log = new LogLines(ObjectRoutes.class)) {
            HttpResponse<String> answer =
                    running.send(running.request("/objects/019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e"));

            assertUnavailable(answer);
            assertThat(log.lines)
                    .singleElement()
                    .asString()
                    .startsWith("object undecided ")
                    .endsWith(REASON);
        }
        assertThat(running.metadata.count(Kind.OBJECT)).isGreaterThan(1);
    }

    private static void assertUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"code\":\"metadata-unavailable\"");
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
    }
}
