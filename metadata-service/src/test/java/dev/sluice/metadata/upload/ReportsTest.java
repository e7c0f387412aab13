package dev.sluice.metadata.upload;

import static dev.sluice.metadata.Protocol.ABSENT;
import static dev.sluice.metadata.Protocol.BOOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportsTest extends FreshProtocol {
    private static final Failure GONE = new Failure("client-gone", Optional.of("left"), 4);

    @Test
    void aVerdictFailsAnOpenUploadOnce() {
        String id = protocol.letIn();

        assertThat(protocol.reports.verdict(id, 1, GONE)).isTrue();
        assertThat(protocol.reports.verdict(id, 1, Failure.of("too-slow", "later")))
                .isFalse();

        Upload upload = protocol.upload(id);
        assertThat(upload.state()).isEqualTo(UploadState.FAILED);
        assertThat(upload.reason()).contains("client-gone");
        assertThat(upload.received()).isEqualTo(4);
        assertThat(protocol.announcer.said).containsExactly("upload.failed " + id + "/1");
    }

    @Test
    void aLateVerdictChangesNothing() {
        String completed = protocol.letIn();
        protocol.stored(completed, 1);
        String first = protocol.request();
        String again = protocol.letIn(first, BOOT, Optional.of("key"));
        protocol.reports.verdict(first, 1, GONE);
        protocol.letIn(protocol.request(), BOOT, Optional.of("key"));

        assertThat(protocol.reports.verdict(completed, 1, GONE)).isFalse();
        assertThat(protocol.reports.verdict(first, 1, GONE)).isFalse();
        assertThat(protocol.reports.verdict("unknown", 1, GONE)).isFalse();

        assertThat(protocol.upload(completed).state()).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.upload(again).state()).isEqualTo(UploadState.INTENT);
    }

    @Test
    void inDoubtLeavesTheStateAndIsCheckedNow() {
        String id = protocol.letIn();

        assertThat(protocol.reports.inDoubt(id, 1, "no answer")).isTrue();

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);
        assertThat(protocol.attempt(id, 1).look().at()).contains(protocol.now().toEpochMilli());
        assertThat(protocol.attempt(id, 1).look().note()).contains("no answer");
        assertThat(protocol.attempt(id, 1).doubtUntil())
                .contains(protocol.now().plus(Protocol.TIMES.recheck()).toEpochMilli());
    }

    @Test
    void aLateDoubtChangesNothing() {
        String id = protocol.letIn();
        protocol.stored(id, 1);

        assertThat(protocol.reports.inDoubt(id, 1, "no answer")).isFalse();

        assertThat(protocol.attempt(id, 1).look().at()).isEmpty();
    }

    @Test
    void theFirstBytesMakeItReceivingAndProgressIsKeptInMemory() {
        String id = protocol.letIn();

        protocol.beat(BOOT, id);

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.RECEIVING);
        assertThat(protocol.upload(id).received()).isZero();
        assertThat(protocol.boots.received(BOOT, id)).contains(1L);
    }

    @Test
    void aBeatReadsOpenRowsAndWhatWasCountedButNoHistory() {
        List<String> plan = protocol.database.read(tx -> {
            List<String> steps = new ArrayList<>();
            for (String sql : List.of(AttemptRepository.INTENTS_OF_BOOT, AttemptRepository.COUNTED_OF_BOOT)) {
                steps.addAll(tx.list("explain query plan " + sql, row -> row.text("detail")));
            }
            return steps;
        });

        assertThat(plan)
                .hasSize(3)
                .contains("SCAN u USING INDEX uploads_open")
                .contains("SEARCH upload_attempts USING INDEX upload_attempts_counted (boot=?)")
                .anyMatch(step -> step.contains("(upload_id=? AND attempt=?)"));
    }

    @Test
    void timesArePulledBackWithoutReadingHistory() {
        List<String> plan = protocol.database.read(tx -> {
            List<String> steps = new ArrayList<>();
            for (String sql : List.of(AttemptRepository.PULL_BACK_WAITING, AttemptRepository.PULL_BACK_CHECKED)) {
                steps.addAll(tx.list("explain query plan " + sql, row -> row.text("detail")));
            }
            return steps;
        });

        assertThat(plan)
                .noneMatch(step -> step.startsWith("SCAN") && !step.contains("upload_attempts_due"))
                .anyMatch(step -> step.contains("jobs_checks_finished"));
    }

    @Test
    void aVerdictThatMayHaveLeftAMultipartHasTheKeyLookedAtOnce() {
        String id = protocol.letIn();
        protocol.reports.verdict(id, 1, Failure.of("store-unavailable", "abort failed"));
        String tidy = protocol.letIn();
        protocol.reports.verdict(tidy, 1, GONE);

        protocol.pass(Protocol.TIMES.silent());
        assertThat(protocol.planner.checks)
                .extracting(check -> check.uploadId())
                .containsExactly(id);
        assertThat(protocol.lease().getBoolean("nobody")).isTrue();
        protocol.settle("{\"outcome\":\"unclear\",\"reason\":\"time-out\",\"detail\":\"30 s\"}");
        protocol.pass(Duration.ofSeconds(2));
        protocol.check(ABSENT);

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.FAILED);
        protocol.pass(Protocol.TIMES.finalCheck());
        assertThat(protocol.planner.checks).isEmpty();
    }

    /** The client leaves in a part, the store is cut off for a moment: the abort fails, and the verdict blames the client. */
    @Test
    void aVerdictAboutAnUploadOfUnknownLengthHasTheKeyLookedAtOnceWhoeverIsToBlame() {
        String id = protocol.letInOfUnknownLength();
        protocol.reports.verdict(id, 1, GONE);

        protocol.pass(Protocol.TIMES.silent());
        protocol.check(ABSENT);

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.FAILED);
        protocol.pass(Protocol.TIMES.finalCheck());
        assertThat(protocol.planner.checks).isEmpty();
    }

    @Test
    void anObjectThatIsThereAfterAllCompletesAFailedUpload() {
        String id = protocol.letIn();
        protocol.reports.verdict(id, 1, Failure.of("gateway-stopping", "abort failed"));

        protocol.pass(Protocol.TIMES.silent());
        protocol.check(Protocol.there(id));

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.COMPLETED);
    }

    @Test
    void eachBootHasOneRow() {
        protocol.beat(BOOT);
        protocol.beat(BOOT);
        protocol.beat("boot-2");

        List<Long> beats = protocol.database.read(
                tx -> tx.list("select beat from gateway_boots order by boot", row -> row.number("beat")));

        assertThat(beats).containsExactly(2L, 3L);
    }
}
