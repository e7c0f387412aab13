package dev.sluice.metadata.check;

import static dev.sluice.metadata.Protocol.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.upload.UploadState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks that got no answer of the store, or none that can be read. */
class UnansweredTest extends FreshProtocol {
    private static final Duration SILENT = Protocol.TIMES.silent();
    private static final String NO_BUCKET =
            "{\"outcome\":\"unclear\",\"reason\":\"bucket-missing\",\"detail\":\"NoSuchBucket\"}";
    private static final String FORBIDDEN =
            "{\"outcome\":\"unclear\",\"reason\":\"forbidden\",\"detail\":\"status 403\"}";
    private static final String BAD_REQUEST =
            "{\"outcome\":\"unclear\",\"reason\":\"bad-request\",\"detail\":\"status 400 KeyTooLongError\"}";
    private static final String TIME_OUT = "{\"outcome\":\"unclear\",\"reason\":\"time-out\",\"detail\":\"30 s\"}";

    @Test
    void aResultThatCannotBeReadIsNoAnswerAndIsAskedForLaterAndLater() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        List<String> unreadable = List.of(
                "{\"outcome\":\"there\"}",
                "{\"outcome\":\"there\",\"size\":\"ten\"}",
                "{\"outcome\":7}",
                "{\"outcome\":\"no-checksum\",\"deleted\":\"yes\"}",
                "{\"outcome\":\"unclear\",\"reason\":{},\"detail\":[]}",
                "{}");

        long before = 0;
        for (String result : unreadable) {
            protocol.check(result);
            long wait = protocol.attempt(id, 1).look().at().orElseThrow()
                    - protocol.now().toEpochMilli();
            assertThat(wait).isGreaterThan(before);
            before = wait;
            protocol.pass(Duration.ofMillis(wait));
        }

        assertThat(state(id)).isEqualTo(UploadState.INTENT);
        assertThat(protocol.announcer.said).isEmpty();
        protocol.check(Protocol.there(id));
        assertThat(state(id)).isEqualTo(UploadState.COMPLETED);
    }

    @Test
    void noAnswerIsNoAbsenceAndIsAskedAgainLaterAndLater() {
        String id = protocol.letIn();
        protocol.pass(SILENT);

        protocol.check(TIME_OUT);
        assertThat(wait(id)).isEqualTo(Duration.ofSeconds(1));
        protocol.pass(Duration.ofSeconds(1));
        protocol.check(TIME_OUT);
        assertThat(wait(id)).isEqualTo(Duration.ofSeconds(2));
        for (int i = 0; i < 20; i++) {
            protocol.pass(wait(id));
            protocol.check(TIME_OUT);
        }

        assertThat(wait(id)).isEqualTo(Protocol.TIMES.checkBackoffCap());
        assertThat(protocol.attempt(id, 1).look().note()).contains("time-out: 30 s");
        assertThat(state(id)).isEqualTo(UploadState.INTENT);
    }

    @Test
    void aBucketThatIsGoneForADayFailsTheUpload() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.check(NO_BUCKET);
        protocol.pass(Duration.ofHours(23));
        protocol.check(NO_BUCKET);
        assertThat(state(id)).isEqualTo(UploadState.INTENT);

        protocol.pass(Duration.ofHours(1));
        protocol.check(NO_BUCKET);

        assertThat(protocol.upload(id).reason()).contains("bucket-gone");
        assertThat(protocol.announcer.said).containsExactly("upload.failed " + id + "/1");
    }

    @Test
    void aBucketThatCameBackInBetweenIsNotGone() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.check(NO_BUCKET);
        protocol.pass(Duration.ofHours(23));
        protocol.check(ABSENT);
        protocol.pass(Duration.ofHours(1));

        protocol.check(NO_BUCKET);

        assertThat(state(id)).isEqualTo(UploadState.INTENT);
    }

    @Test
    void whatWasOnlyReportedIsGivenUpAfterADayWithoutAnAnswer() {
        String id = reported();
        for (int tries = 1; tries < 150; tries++) {
            protocol.check(TIME_OUT);
            protocol.pass(wait(id));
        }
        assertThat(state(id)).isEqualTo(UploadState.REPORTED);

        protocol.check(TIME_OUT);

        assertThat(protocol.upload(id).reason()).contains("store-unavailable");
        assertThat(protocol.upload(id).detail()).contains("no answer in 150 checks, the last: time-out: 30 s");
        assertThat(protocol.announcer.said).containsExactly("upload.failed " + id + "/1");
        assertThat(reported()).as("a new hint begins again").isEqualTo(id);
        protocol.check(FORBIDDEN);
        assertThat(state(id)).isEqualTo(UploadState.REPORTED);
    }

    @Test
    void aKeyThatTheStoreRefusesIsNotThere() {
        String id = reported();

        protocol.check(BAD_REQUEST);

        assertThat(protocol.upload(id).reason()).contains("not-found");
        assertThat(protocol.attempt(id, 1).look().at()).isEmpty();
    }

    @Test
    void noRefusalEndsAnUploadThatAGatewaySent() {
        String id = protocol.letIn();
        protocol.pass(SILENT);

        protocol.check(BAD_REQUEST);

        assertThat(state(id)).isEqualTo(UploadState.INTENT);
    }

    private String reported() {
        String id = protocol.hints
                .hint("default", Protocol.BUCKET, "others/file")
                .orElseThrow()
                .upload()
                .id();
        protocol.sweep.run();
        return id;
    }

    private Duration wait(String id) {
        return Duration.ofMillis(protocol.attempt(id, 1).look().at().orElseThrow()
                - protocol.now().toEpochMilli());
    }
}
