package dev.sluice.metadata.event;

import static dev.sluice.metadata.Protocol.ABSENT;
import static dev.sluice.metadata.Protocol.BOOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.event.Completions.Result;
import dev.sluice.metadata.upload.Failure;
import dev.sluice.metadata.upload.Proof;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadJson;
import dev.sluice.metadata.upload.UploadState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompletionsTest extends FreshProtocol {
    private static final Optional<String> KEY = Optional.of("order-4711");

    @Test
    void completesAnUploadFromIntentAndFromReceiving() {
        String intent = protocol.letIn();
        String receiving = protocol.letIn();
        protocol.beat(BOOT, receiving);

        assertThat(protocol.stored(intent, 1)).isInstanceOf(Result.Completed.class);
        assertThat(protocol.stored(receiving, 1)).isInstanceOf(Result.Completed.class);

        assertThat(protocol.upload(intent).state()).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.upload(receiving).state()).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.announcer.said)
                .containsExactly("upload.completed " + intent + "/1", "upload.completed " + receiving + "/1");
    }

    @Test
    void theSameMessageAgainGetsTheSameAnswerAndRunsNothing() {
        String id = protocol.letIn();
        Result.Completed first = (Result.Completed) protocol.stored(id, 1);
        protocol.pass(Duration.ofSeconds(2));

        Result.Completed second = (Result.Completed) protocol.stored(id, 1);

        assertThat(UploadJson.receipt(second.outcome().upload()))
                .isEqualTo(UploadJson.receipt(first.outcome().upload()));
        assertThat(second.outcome().jobs()).isEqualTo(first.outcome().jobs()).hasSize(1);
        assertThat(protocol.announcer.said).hasSize(1);
    }

    @Test
    void aLaterProofFillsWhatWasEmptyAndChangesNothingElse() {
        String id = protocol.letIn();
        protocol.pass(Protocol.TIMES.silent());
        protocol.check(Protocol.there(id).replace("\"yZRlqg==\"", "null"));
        assertThat(protocol.upload(id).crc32c()).isEmpty();

        protocol.completions.complete(new StoredMessage(
                id, 1, "uploads", protocol.upload(id).objectKey(), Protocol.proof(Optional.of("ab"))));

        assertThat(protocol.upload(id).crc32c()).contains("yZRlqg==");
        assertThat(protocol.upload(id).sha256()).contains("ab");
        assertThat(protocol.announcer.said).hasSize(1);
    }

    @Test
    void aMessageThatContradictsACompletedUploadChangesNothing() {
        String id = protocol.letIn();
        protocol.stored(id, 1);
        Upload before = protocol.upload(id);

        for (Proof proof : List.of(
                proof(11, "yZRlqg==", "etag-1"), proof(10, "AAAAAA==", "etag-1"), proof(10, "yZRlqg==", "etag-2"))) {
            Result answer =
                    protocol.completions.complete(new StoredMessage(id, 1, "uploads", before.objectKey(), proof));

            assertThat(((Result.Completed) answer).outcome().upload()).isEqualTo(before);
        }

        assertThat(protocol.upload(id)).isEqualTo(before);
        assertThat(before.sha256()).isEmpty();
        assertThat(protocol.announcer.said).hasSize(1);
    }

    @Test
    void anUnknownUploadAttemptOrKeyIsUnknown() {
        String id = protocol.letIn();
        String key = protocol.upload(id).objectKey();

        assertThat(message("019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e", 1, key)).isInstanceOf(Result.Unknown.class);
        assertThat(message(id, 2, key)).isInstanceOf(Result.Unknown.class);
        assertThat(message(id, 1, "u/elsewhere")).isInstanceOf(Result.Unknown.class);
        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);
    }

    @Test
    void aFailedAndAnExpiredUploadAreCompletedByALateMessage() {
        String failed = protocol.letIn();
        protocol.reports.verdict(failed, 1, Failure.of("client-gone", "left"));
        String expired = protocol.letIn();
        protocol.pass(Protocol.TIMES.silent());
        protocol.check(ABSENT);
        protocol.pass(Protocol.TIMES.recheck());
        protocol.check(ABSENT);
        assertThat(protocol.upload(expired).state()).isEqualTo(UploadState.EXPIRED);

        assertThat(protocol.stored(failed, 1)).isInstanceOf(Result.Completed.class);
        assertThat(protocol.stored(expired, 1)).isInstanceOf(Result.Completed.class);

        assertThat(protocol.upload(failed).reason()).isEmpty();
        protocol.pass(Protocol.TIMES.finalCheck());
        assertThat(protocol.planner.checks).isEmpty();
    }

    @Test
    void aStaleAttemptIsSupersededWhetherOrNotTheLaterOneHasCompleted() {
        String first = protocol.request();
        String id = protocol.letIn(first, BOOT, KEY);
        protocol.reports.verdict(first, 1, Failure.of("client-gone", "left"));
        protocol.letIn(protocol.request(), BOOT, KEY);

        assertThat(protocol.stored(id, 1)).isInstanceOf(Result.Superseded.class);

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);
        assertThat(protocol.stored(id, 2)).isInstanceOf(Result.Completed.class);
        assertThat(protocol.stored(id, 1)).isInstanceOf(Result.Superseded.class);
        assertThat(protocol.upload(id).attempt()).isEqualTo(2);
    }

    private static Proof proof(long size, String crc32c, String etag) {
        return new Proof(
                size,
                Optional.of(crc32c),
                Optional.of("ab"),
                Optional.of(etag),
                Optional.of("version-1"),
                Optional.of(5L),
                Optional.of(6L));
    }

    private Result message(String id, int attempt, String key) {
        return protocol.completions.complete(
                new StoredMessage(id, attempt, "uploads", key, Protocol.proof(Optional.empty())));
    }
}
