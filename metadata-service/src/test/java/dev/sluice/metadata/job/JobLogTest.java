package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.LogLines;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobLogTest extends FreshQueue {
    private static final RunStats RUN =
            new RunStats(Optional.empty(), Optional.of(120L), Optional.empty(), Optional.empty(), Optional.empty());

    private LogLines log;

    @BeforeEach
    void open() {
        log = new LogLines(JobLog.class.getName());
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void saysOnceHowEachAttemptEnded() throws Exception {
        String id = queue.job("default");
        String job = "upload=" + queue.find(id).uploadId() + " job=" + id + " kind=verify";
        Ending failed = new Ending(Outcome.FAILED, true, "photo.jpg is broken", RUN);

        LeaseToken first = queue.leaseOne();
        queue.leases.fail(first, failed);
        queue.leases.fail(first, failed);
        queue.clock.advance(Duration.ofSeconds(10));
        LeaseToken second = queue.leaseOne();
        queue.leases.complete(second, JsonValue.EMPTY_JSON_OBJECT, RUN);
        queue.leases.complete(second, JsonValue.EMPTY_JSON_OBJECT, RUN);

        assertThat(log.lines)
                .containsExactly(
                        "job failed " + job + " attempt=1 worker=w ms=120 outcome=failed state=waiting",
                        "job succeeded " + job + " attempt=2 worker=w ms=120");
    }

    @Test
    void saysWhatIsGivenUpAndHow() throws Exception {
        String dead = queue.job("default");
        queue.leases.fail(queue.leaseOne(), new Ending(Outcome.TIMED_OUT, false, "no", RUN));
        String quarantined = queue.job("default");
        for (int i = 0; i < 3; i++) {
            queue.leases.fail(queue.leaseOne(), Ending.crashed("killed by signal 9"));
            queue.clock.advance(Duration.ofSeconds(10));
        }

        assertThat(log.lines.getFirst())
                .startsWith("job dead upload=")
                .contains("job=" + dead)
                .endsWith("outcome=timed-out state=dead");
        assertThat(log.lines.getLast())
                .contains("job=" + quarantined)
                .endsWith("attempt=3 worker=w ms=- outcome=crashed state=quarantined");
    }

    @Test
    void staysSilentAboutChecksThatHaveAResult() throws Exception {
        queue.check();
        queue.leases.complete(
                queue.leases.lease(JobFixture.checkRequest()).getFirst().job().token(),
                JsonValue.EMPTY_JSON_OBJECT,
                RUN);

        assertThat(log.lines).isEmpty();
    }
}
