package dev.sluice.metadata.check;

import static dev.sluice.metadata.Answers.assertShape;
import static dev.sluice.metadata.Protocol.ABSENT;
import static dev.sluice.metadata.Protocol.BOOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.Shape;
import dev.sluice.metadata.event.Completions.Result;
import dev.sluice.metadata.upload.Failure;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadState;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckerTest extends FreshProtocol {
    private static final Optional<String> KEY = Optional.of("order-4711");
    private static final Duration SILENT = Protocol.TIMES.silent();
    private static final Duration RECHECK = Protocol.TIMES.recheck();
    private static final Duration FINAL = Protocol.TIMES.finalCheck();
    private static final String NO_CHECKSUM = "{\"outcome\":\"no-checksum\",\"deleted\":true}";

    @Test
    void anUploadThatItsGatewayNamesIsNotChecked() {
        String id = protocol.letIn();
        for (int i = 0; i < 20; i++) {
            protocol.pass(Duration.ofSeconds(5));
            protocol.beat(BOOT, id);
        }

        assertThat(protocol.planner.checks).isEmpty();
        assertThat(state(id)).isEqualTo(UploadState.RECEIVING);
    }

    @Test
    void nothingUnderACompletedKeyIsCleanedUp() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        assertThat(protocol.planner.checks).hasSize(1);
        protocol.stored(id, 1);

        assertThat(protocol.lease().getBoolean("nobody")).isFalse();
        protocol.settle("{\"outcome\":\"no-checksum\",\"deleted\":false}");

        assertThat(state(id)).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.announcer.said).containsExactly("upload.completed " + id + "/1");
    }

    @Test
    void anObjectThatIsThereCompletesTheUploadOnceWithItsJobs() {
        String id = protocol.letIn();
        protocol.pass(SILENT);

        assertThat(protocol.check(Protocol.there(id)).getBoolean("nobody")).isTrue();

        Upload upload = protocol.upload(id);
        assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
        assertThat(upload.crc32c()).contains("yZRlqg==");
        assertThat(protocol.announcer.said).containsExactly("upload.completed " + id + "/1");
        protocol.pass(FINAL);
        assertThat(protocol.planner.checks).isEmpty();
    }

    @Test
    void anObjectUnderALiveUploadIsProofTooAndAnAbsenceIsNothing() {
        String id = protocol.letIn();
        protocol.hint(id);
        protocol.pass(Protocol.TIMES.hint());
        assertThat(protocol.check(ABSENT).getBoolean("nobody")).isFalse();
        assertThat(protocol.attempt(id, 1).look().absences()).isZero();

        protocol.hint(id);
        protocol.pass(Protocol.TIMES.hint());
        protocol.check(Protocol.there(id));

        assertThat(state(id)).isEqualTo(UploadState.COMPLETED);
    }

    @Test
    void somebodyElsesObjectUnderAnExpiredUploadsKeyIsNotLookedAtForEver() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.check(ABSENT);
        protocol.pass(RECHECK);
        protocol.check(ABSENT);
        assertThat(state(id)).isEqualTo(UploadState.EXPIRED);

        protocol.pass(FINAL);
        protocol.check(Protocol.there("another"));

        protocol.pass(FINAL.multipliedBy(2));
        assertThat(protocol.planner.checks).isEmpty();
        assertThat(protocol.announcer.said).containsExactly("upload.failed " + id + "/1");
    }

    @Test
    void absentTwiceFarEnoughApartExpiresAndOnceMoreIsFinal() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.check(ABSENT);
        assertThat(state(id)).isEqualTo(UploadState.INTENT);

        protocol.pass(RECHECK.minusSeconds(1));
        assertThat(protocol.planner.checks).isEmpty();
        protocol.pass(Duration.ofSeconds(1));
        protocol.check(ABSENT);

        assertThat(state(id)).isEqualTo(UploadState.EXPIRED);
        assertThat(protocol.announcer.said).isEmpty();
        protocol.pass(FINAL);
        protocol.check(ABSENT);
        assertThat(protocol.announcer.said).containsExactly("upload.failed " + id + "/1");
        protocol.pass(FINAL.multipliedBy(2));
        assertThat(protocol.planner.checks).isEmpty();
    }

    @Test
    void anExpiredUploadWhoseObjectAppearsLaterIsCompletedByTheFinalCheck() {
        String id = expired(protocol.letIn());
        protocol.pass(FINAL);

        protocol.check(Protocol.there(id));

        assertThat(state(id)).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.announcer.said).containsExactly("upload.completed " + id + "/1");
    }

    @Test
    void anAbsenceDoesNotCountWhenTheUploadBecameSomebodysDuringTheCheck() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        assertThat(protocol.lease().getBoolean("nobody")).isTrue();

        protocol.beat(BOOT, id);
        protocol.settle(ABSENT);

        assertThat(protocol.attempt(id, 1).look().absences()).isZero();
        assertThat(protocol.attempt(id, 1).checkJob()).isEmpty();
    }

    @Test
    void anAbsenceDoesNotCountWhenTheLeaseSaidSomebodys() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.beat(BOOT, id);
        assertThat(protocol.lease().getBoolean("nobody")).isFalse();
        protocol.pass(SILENT);

        protocol.settle(ABSENT);

        assertThat(protocol.attempt(id, 1).look().absences()).isZero();
    }

    @Test
    void aBeatBetweenTwoAbsencesMakesTheCountBeginAgain() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.check(ABSENT);
        protocol.beat(BOOT, id);
        protocol.pass(SILENT);

        protocol.check(ABSENT);

        assertThat(state(id)).isEqualTo(UploadState.RECEIVING);
        protocol.pass(RECHECK);
        protocol.check(ABSENT);
        assertThat(state(id)).isEqualTo(UploadState.EXPIRED);
    }

    @Test
    void aCheckLeasedRightAfterWeWereFrozenIsAboutALiveUpload() {
        protocol.letIn();
        protocol.pass(SILENT);

        protocol.freeze(Duration.ofMinutes(5));

        assertThat(protocol.lease().getBoolean("nobody")).isFalse();
    }

    @Test
    void anObjectThatTheStoreNeverVerifiedFailsTheUpload() {
        String id = protocol.letIn();
        protocol.pass(SILENT);

        protocol.check(NO_CHECKSUM);

        assertThat(protocol.upload(id).reason()).contains("integrity");
    }

    @Test
    void anObjectOfAnotherSizeOrUploadFailsTheUpload() {
        String size = protocol.letIn();
        String owner = protocol.letIn();
        protocol.pass(SILENT);
        assertThat(protocol.planner.checks).hasSize(2);

        for (int i = 0; i < 2; i++) {
            String id = protocol.planner.checks.getFirst().uploadId();
            protocol.check(
                    id.equals(size)
                            ? Protocol.there(id).replace("\"size\":10", "\"size\":11")
                            : Protocol.there("somebody-else"));
        }

        assertThat(protocol.upload(size).reason()).contains("mismatch");
        assertThat(protocol.upload(owner).reason()).contains("mismatch");
        assertThat(protocol.announcer.said).noneMatch(said -> said.startsWith("upload.completed"));
    }

    @Test
    void aCheckThatEndsAfterTheMessageChangesNothing() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.lease();
        protocol.stored(id, 1);

        protocol.settle(ABSENT);

        assertThat(state(id)).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.announcer.said).hasSize(1);
        assertThat(protocol.attempt(id, 1).look().at()).isEmpty();
    }

    @Test
    void aSupersededKeyIsLookedAtTwiceMoreAndItsObjectGoesOnlyAfterALaterAttemptHasCompleted() {
        String first = protocol.request();
        String id = protocol.letIn(first, BOOT, KEY);
        protocol.reports.verdict(first, 1, Failure.of("client-gone", "left"));
        protocol.letIn(protocol.request(), BOOT, KEY);
        protocol.pass(RECHECK);

        assertThat(protocol.check(Protocol.there(id)).getBoolean("delete")).isFalse();
        protocol.sweep.run();
        assertThat(protocol.planner.checks).isEmpty();
        protocol.stored(id, 2);
        protocol.sweep.run();

        assertThat(protocol.check("{\"outcome\":\"deleted\"}").getBoolean("delete"))
                .isTrue();
        protocol.pass(FINAL);
        assertThat(protocol.check(ABSENT).getBoolean("delete")).isFalse();
        protocol.pass(FINAL);
        assertThat(protocol.planner.checks).isEmpty();
        assertThat(protocol.upload(id).attempt()).isEqualTo(2);
    }

    @Test
    void aLateMessageOfASupersededAttemptHasItsKeyCheckedAtOnce() {
        String first = protocol.request();
        String id = protocol.letIn(first, BOOT, KEY);
        protocol.reports.verdict(first, 1, Failure.of("client-gone", "left"));
        protocol.letIn(protocol.request(), BOOT, KEY);
        protocol.stored(id, 2);

        assertThat(protocol.stored(id, 1)).isInstanceOf(Result.Superseded.class);
        protocol.sweep.run();

        assertThat(protocol.check(Protocol.there(id)).getBoolean("delete")).isTrue();
        protocol.sweep.run();
        assertThat(protocol.check("{\"outcome\":\"deleted\"}").getBoolean("delete"))
                .isTrue();
    }

    @Test
    void oneCheckThatCannotBePlannedStopsNoOther() {
        String bad = protocol.letIn();
        String good = protocol.letIn();
        protocol.planner.failFor(bad);

        protocol.pass(SILENT);

        assertThat(protocol.planner.checks)
                .extracting(check -> check.uploadId())
                .containsExactly(good);
    }

    @Test
    void readsEveryCheckResultOfTheContract() throws Exception {
        for (String outcome : List.of("there", "absent", "deleted", "no-checksum", "unclear")) {
            String id = protocol.letIn();
            protocol.pass(Protocol.TIMES.silent());
            JsonObject payload = protocol.lease();
            assertShape(
                    payload,
                    Shape.example("lease-answer-check.json")
                            .getJsonArray("leases")
                            .getJsonObject(0)
                            .getJsonObject("payload"));

            protocol.settle(Shape.example("check-result-" + outcome + ".json")
                    .getJsonObject("result")
                    .toString());

            assertThat(protocol.attempt(id, 1).checkJob()).isEmpty();
            protocol.reports.verdict(id, 1, Failure.of("client-gone", "end of round"));
        }
    }

    private String expired(String id) {
        protocol.pass(SILENT);
        protocol.check(ABSENT);
        protocol.pass(RECHECK);
        protocol.check(ABSENT);
        assertThat(state(id)).isEqualTo(UploadState.EXPIRED);
        return id;
    }
}
