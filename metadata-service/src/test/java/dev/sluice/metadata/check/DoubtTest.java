package dev.sluice.metadata.check;

import static dev.sluice.metadata.Protocol.ABSENT;
import static dev.sluice.metadata.Protocol.BOOT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.upload.UploadState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Attempts whose gateway could not read the store's last answer: the store may still be at work on them (ADR 0009). */
class DoubtTest extends FreshProtocol {
    private static final Duration SILENT = Protocol.TIMES.silent();
    private static final Duration RECHECK = Protocol.TIMES.recheck();

    @Test
    void theFirstLookIsAtOnceAndNeitherCleansUpNorCounts() {
        String id = doubted();

        assertThat(protocol.check(ABSENT).getBoolean("nobody")).isFalse();

        assertThat(absences(id)).isZero();
        assertThat(state(id)).isEqualTo(UploadState.INTENT);
        assertThat(protocol.attempt(id, 1).look().at())
                .contains(protocol.now().plus(RECHECK).toEpochMilli());
    }

    @Test
    void theLooksAfterItCountAlthoughTheBootLives() {
        String id = doubted();
        protocol.check(ABSENT);

        for (int absences = 1; absences <= 2; absences++) {
            protocol.beat(BOOT, id);
            protocol.pass(RECHECK.minusSeconds(1));
            assertThat(protocol.planner.checks).isEmpty();
            protocol.pass(Duration.ofSeconds(1));

            assertThat(protocol.check(ABSENT).getBoolean("nobody")).isTrue();
            assertThat(absences(id)).isEqualTo(absences);
        }

        assertThat(state(id)).isEqualTo(UploadState.EXPIRED);
    }

    @Test
    void anObjectThatTheStorePutsTogetherLateIsFound() {
        String id = doubted();
        protocol.check(ABSENT);
        protocol.pass(RECHECK);

        protocol.check(Protocol.there(id));

        assertThat(state(id)).isEqualTo(UploadState.COMPLETED);
    }

    @Test
    void anObjectThatIsThereAtOnceCompletesTheUpload() {
        String id = doubted();

        protocol.check(Protocol.there(id));

        assertThat(state(id)).isEqualTo(UploadState.COMPLETED);
        assertThat(protocol.announcer.said).containsExactly("upload.completed " + id + "/1");
    }

    @Test
    void theStoreKeepsItsTimeAlthoughTheGatewayIsGone() {
        String id = doubted();
        protocol.check(ABSENT);
        protocol.beat("boot-2");
        Duration replaced = Protocol.TIMES.replaced().plusSeconds(1);
        protocol.pass(replaced);
        protocol.beat("boot-2");

        protocol.hint(id);
        protocol.pass(Protocol.TIMES.hint());

        assertThat(protocol.check(ABSENT).getBoolean("nobody")).isFalse();
        assertThat(absences(id)).isZero();
        protocol.pass(RECHECK.minus(replaced).minus(Protocol.TIMES.hint()));
        assertThat(protocol.lease().getBoolean("nobody")).isTrue();
    }

    @Test
    void whatWasCountedBeforeTheDoubtCountsNoMore() {
        String id = protocol.letIn();
        protocol.pass(SILENT);
        protocol.check(ABSENT);
        protocol.pass(RECHECK);
        assertThat(protocol.lease().getBoolean("nobody")).isTrue();

        protocol.reports.inDoubt(id, 1, "thawed, and the store's answer did not come");
        protocol.settle(ABSENT);

        assertThat(state(id)).isEqualTo(UploadState.INTENT);
        assertThat(absences(id)).isZero();
        protocol.sweep.run();
        assertThat(protocol.check(ABSENT).getBoolean("nobody")).isFalse();
    }

    @Test
    void aFirstLookThatComesLateIsAnOrdinaryOne() {
        String id = doubted();
        protocol.pass(RECHECK);

        assertThat(protocol.check(ABSENT).getBoolean("nobody")).isTrue();

        assertThat(absences(id)).isEqualTo(1);
    }

    private String doubted() {
        String id = protocol.letIn();
        protocol.beat(BOOT);
        protocol.reports.inDoubt(id, 1, "the store's answer did not come");
        protocol.sweep.run();
        return id;
    }

    private int absences(String id) {
        return protocol.attempt(id, 1).look().absences();
    }
}
