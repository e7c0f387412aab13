package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Message;
import dev.sluice.gateway.storage.InMemoryObjectStore;
import dev.sluice.gateway.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message about an upload says which request it is of. */
class TraceTest {
    private static final byte[] BODY = "abc".getBytes(StandardCharsets.UTF_8);
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(folder);
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"VERDICT", "IN_DOUBT", "COMPLETION"})
    void passesTheTraceOnWithEveryMessageAboutAnUpload(Kind last) throws Exception {
        if (last == Kind.VERDICT) {
            running.store.failAt(InMemoryObjectStore.Point.BEGIN, StorageException.Kind.UNAVAILABLE);
        } else if (last == Kind.IN_DOUBT) {
            running.store.failAt(InMemoryObjectStore.Point.COMMIT, StorageException.Kind.OUTCOME_UNKNOWN);
        }

        running.put("/upload/a", BODY, "traceparent", PARENT, "X-Request-Id", "corr-1");

        assertThat(running.metadata.next(Kind.INTENT)).satisfies(TraceTest::isOfTheRequest);
        assertThat(running.metadata.next(last)).satisfies(TraceTest::isOfTheRequest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void passesOnNothingThatIsNoTraceContext(String parent) throws Exception {
        running.put("/upload/a", BODY, "traceparent", parent);

        assertThat(running.metadata.next(Kind.INTENT).header("traceparent")).isEmpty();
    }

    @Test
    void namesARequestThatHasNoUsableName() throws Exception {
        running.put("/upload/a", BODY, "X-Request-Id", "two words");

        Message intent = running.metadata.next(Kind.INTENT);
        String name = intent.header("X-Request-Id");
        assertThat(name).matches("[0-9a-f-]{36}");
        assertThat(intent.json().getString("correlation_id")).isEqualTo(name);
        assertThat(running.metadata.next(Kind.COMPLETION).header("X-Request-Id"))
                .isEqualTo(name);
    }

    private static void isOfTheRequest(Message message) {
        assertThat(message.header("traceparent")).isEqualTo(PARENT);
        assertThat(message.header("X-Request-Id")).isEqualTo("corr-1");
    }
}
