package dev.sluice.metadata.upload;

import static dev.sluice.metadata.Protocol.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.RowCounts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every change of an upload's state is counted. */
class UploadCountsTest extends FreshProtocol {
    @Test
    void countsEveryState() {
        String completed = protocol.letIn();
        String failed = protocol.letIn();
        String receiving = protocol.letIn();
        protocol.letIn();
        protocol.hints.hint("default", "elsewhere", "reported");
        protocol.stored(completed, 1);
        protocol.stored(completed, 1);
        protocol.reports.verdict(failed, 1, Failure.of("client-gone", "left"));
        protocol.reports.verdict(failed, 1, Failure.of("client-gone", "left"));
        protocol.beat(Protocol.BOOT, receiving);

        assertThat(counted()).containsExactly(" completed 1", " failed 1", " intent 1", " receiving 1", " reported 1");
    }

    @Test
    void countsWhatExpiresAndIsSentAgain() {
        Optional<String> key = Optional.of("key-1");
        String id = protocol.letIn(protocol.request(), Protocol.BOOT, key);
        for (Duration silence : List.of(Protocol.TIMES.silent(), Protocol.TIMES.recheck())) {
            protocol.pass(silence);
            protocol.check(ABSENT);
        }
        assertThat(counted()).containsExactly(" expired 1");

        assertThat(protocol.letIn(protocol.request(), "boot-2", key)).isEqualTo(id);
        assertThat(counted()).containsExactly(" intent 1");

        protocol.reports.verdict(protocol.attempt(id, 2).request(), 2, Failure.of("client-gone", "left"));
        assertThat(counted()).containsExactly(" failed 1");
    }

    @Test
    void whatIsUndoneIsNotCounted() {
        String id = protocol.letIn();
        Upload upload = protocol.upload(id);

        assertThatThrownBy(() -> protocol.committer.commit(tx -> {
                    protocol.tables.uploads().receiving(tx, id, 1);
                    throw new IllegalStateException("told to fail");
                }))
                .hasMessage("told to fail");

        assertThat(protocol.upload(id)).isEqualTo(upload);
        assertThat(counted()).containsExactly(" intent 1");
    }

    @Test
    void aCompletedUploadIsAsItsRowSays() {
        String id = protocol.letIn();
        Upload before = protocol.upload(id);

        Optional<Upload> completed = protocol.committer.commit(
                tx -> protocol.tables.uploads().complete(tx, before, Protocol.proof(Optional.of("digest")), 7));

        assertThat(completed).contains(protocol.upload(id));
    }

    private List<String> counted() {
        return RowCounts.counted(protocol.database, "uploads");
    }
}
