package dev.sluice.metadata.event;

import static dev.sluice.metadata.Protocol.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.event.Hints.Met;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadPolicy;
import dev.sluice.metadata.upload.UploadState;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HintsTest extends FreshProtocol {
    private static final String OTHERS = "incoming/report.pdf";

    @Test
    void anUnknownObjectIsReportedWithoutAJobUntilACheckFindsIt() {
        Met met = hint("default", OTHERS).orElseThrow();
        assertThat(met.upload().state()).isEqualTo(UploadState.REPORTED);
        assertThat(met.jobs()).isEmpty();

        protocol.sweep.run();
        var payload = protocol.check(Protocol.there("whatever"));

        assertThat(payload.getBoolean("ours")).isFalse();
        Met again = hint("default", OTHERS).orElseThrow();
        assertThat(again.upload().id()).isEqualTo(met.upload().id());
        assertThat(again.upload().state()).isEqualTo(UploadState.COMPLETED);
        assertThat(again.jobs()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {".mpus-1-u/2026/11/21/ID-1", "a/.s3proxy-mpu-stub-1"})
    void noNoticeMakesAnUploadOfWhatTheStoreKeepsForItself(String key) {
        Hints.Noticed noticed = protocol.committer.commit(tx -> protocol.hints.notice(tx, "default", "incoming", key));

        assertThat(noticed).isEqualTo(Hints.Noticed.NO_UPLOAD);
        assertThat(hint("default", OTHERS).orElseThrow().upload().state()).isEqualTo(UploadState.REPORTED);
    }

    @Test
    void aHintAgainMeetsTheSameUpload() {
        Upload first = hint("default", OTHERS).orElseThrow().upload();

        assertThat(hint("default", OTHERS).orElseThrow().upload()).isEqualTo(first);
    }

    @Test
    void whatIsRepeatedlyNotThereFailsAndANewHintBeginsAgain() {
        String id = hint("default", OTHERS).orElseThrow().upload().id();
        protocol.sweep.run();
        protocol.check(ABSENT);
        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.REPORTED);
        protocol.pass(Protocol.TIMES.recheck());
        protocol.check(ABSENT);
        assertThat(protocol.upload(id).reason()).contains("not-found");
        assertThat(protocol.announcer.said).containsExactly("upload.failed " + id + "/1");

        Met again = hint("default", OTHERS).orElseThrow();

        assertThat(again.upload().id()).isEqualTo(id);
        assertThat(again.upload().state()).isEqualTo(UploadState.REPORTED);
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever"));
        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.COMPLETED);
    }

    @Test
    void anOverwrittenObjectIsANewUpload() {
        String first = hint("default", OTHERS).orElseThrow().upload().id();
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever"));

        hint("default", OTHERS);
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever"));
        assertThat(hint("default", OTHERS).orElseThrow().upload().id()).isEqualTo(first);
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever").replace("etag-1", "etag-2"));

        Met second = hint("default", OTHERS).orElseThrow();
        assertThat(second.upload().id()).isNotEqualTo(first);
        assertThat(second.upload().etag()).contains("etag-2");
        assertThat(protocol.upload(first).etag()).contains("etag-1");
        assertThat(protocol.announcer.said).hasSize(2);
    }

    @Test
    void aHintWhileACheckRunsIsLookedAtByALaterOne() {
        String first = hint("default", OTHERS).orElseThrow().upload().id();
        protocol.sweep.run();
        protocol.lease();
        hint("default", OTHERS);
        protocol.settle(Protocol.there("whatever"));

        protocol.sweep.run();
        protocol.lease();
        hint("default", OTHERS);
        protocol.settle(Protocol.there("whatever").replace("etag-1", "etag-2"));
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever").replace("etag-1", "etag-3"));

        Upload third = hint("default", OTHERS).orElseThrow().upload();
        assertThat(third.etag()).contains("etag-3");
        assertThat(third.id()).isNotEqualTo(first);
        assertThat(protocol.announcer.said).hasSize(3);
    }

    @Test
    void whatIsStoredWhileTheLastCheckRunsIsNotGivenUp() {
        String id = hint("default", OTHERS).orElseThrow().upload().id();
        protocol.sweep.run();
        protocol.check(ABSENT);
        protocol.pass(Protocol.TIMES.recheck());
        protocol.lease();
        hint("default", OTHERS);
        protocol.settle(ABSENT);

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.REPORTED);
        protocol.sweep.run();
        protocol.check(Protocol.there("whatever"));
        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.announcer.said).containsExactly("upload.completed " + id + "/1");
    }

    @Test
    void anObjectOfSomebodyElseIsNotFound() {
        hint("default", OTHERS);
        String id = protocol.letIn();

        assertThat(hint("other", OTHERS)).isEmpty();
        assertThat(hint("other", protocol.upload(id).objectKey())).isEmpty();
    }

    @Test
    void underOurOwnPrefixOnlyExactKeysCount() {
        String id = protocol.letIn();
        String key = protocol.upload(id).objectKey();

        assertThat(hint("default", key + "-019aa3c2")).isEmpty();
        assertThat(hint("default", key).orElseThrow().upload().id()).isEqualTo(id);
    }

    /** A bucket that only the application sends uploads to is ours like the other. */
    @Test
    void inAChosenBucketToo() {
        UploadPolicy policy = new UploadPolicy(Protocol.BUCKET, Set.of("pictures"), "u/", 1000);
        Hints hints = new Hints(protocol.tables, protocol.planner, policy, Protocol.TIMES);
        String forged = "u/2026/11/21/019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e";

        assertThat(hints.hint("default", "pictures", forged)).isEmpty();
        Hints.Noticed noticed = protocol.committer.commit(tx -> hints.notice(tx, "default", "pictures", forged));
        assertThat(noticed).isEqualTo(Hints.Noticed.NO_UPLOAD);
        assertThat(hints.hint("default", "pictures", OTHERS)).isPresent();
        assertThat(hints.hint("default", "elsewhere", forged))
                .as("under our prefix, in no bucket of ours")
                .isPresent();
    }

    @Test
    void aHintAboutALiveUploadBringsOneLookForwardAndCompletesNothing() {
        String id = protocol.letIn();

        hint("default", protocol.upload(id).objectKey());

        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);
        assertThat(protocol.attempt(id, 1).look().at())
                .contains(protocol.now().plus(Protocol.TIMES.hint()).toEpochMilli());
    }

    @Test
    void aHintAboutACompletedUploadOfOursAsksForNothing() {
        String id = protocol.letIn();
        protocol.stored(id, 1);

        Met met = hint("default", protocol.upload(id).objectKey()).orElseThrow();

        assertThat(met.jobs()).hasSize(1);
        assertThat(protocol.attempt(id, 1).look().at()).isEmpty();
    }

    private Optional<Met> hint(String owner, String key) {
        return protocol.hints.hint(owner, "uploads", key);
    }
}
