package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that say far more than anybody keeps. */
class NoisyJobTest {
    private static final int MOST_KEPT = 64 << 10;

    /** A megabyte each, the last words of which are known; the second in bytes that are no text. */
    private static final Stack STACK = new Stack(
            "noisy",
            Executions.in(Options.plain().metadata("metadata.jobs.lease=PT60S"))
                    .command(
                            "noisy",
                            "/bin/sh",
                            "-c",
                            "id=$(sed -n 's/.*\"upload_id\":\"\\([^\"]*\\)\".*/\\1/p'); echo \"$id\" >> @folder@/executions;"
                                    + " head -c 1048576 /dev/zero | tr '\\0' x; head -c 1048576 /dev/zero | tr '\\0' y >&2;"
                                    + " echo; echo last words >&2")
                    .command(
                            "binary",
                            "/bin/sh",
                            "-c",
                            "id=$(sed -n 's/.*\"upload_id\":\"\\([^\"]*\\)\".*/\\1/p'); echo \"$id\" >> @folder@/executions;"
                                    + " head -c 1048576 /dev/urandom; head -c 1048576 /dev/zero >&2;"
                                    + " echo; echo last words >&2"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @ParameterizedTest
    @ValueSource(strings = {"noisy", "binary"})
    void aNoisyCommandSucceedsOnceAndItsTailIsKept(String kind) {
        Ledger ledger = new Ledger(STACK);

        ledger.sendAll(
                IntStream.range(0, Seeds.count())
                        .mapToObj(i -> Sending.of(kind + "-" + i, new Payload(i, 1000))
                                .with("Content-Type", "application/x-" + kind))
                        .toList(),
                () -> {});

        ledger.check();
        List<String> ids = new Rows(STACK, kind).ids();
        assertThat(ids).hasSize(Seeds.count()).allSatisfy(id -> {
            assertThat(new Executions(STACK).byUpload().get(id)).isEqualTo(1);
            JsonObject attempt = job(id, kind).getJsonArray("attempts").getJsonObject(0);
            assertThat(attempt.getInt("exit_code")).isZero();
            String tail = attempt.getString("output_tail");
            assertThat(tail.length()).isLessThanOrEqualTo(MOST_KEPT);
            assertThat(tail).contains("last words");
        });
    }

    private static JsonObject job(String uploadId, String kind) {
        return Api.of(STACK).upload(uploadId).getJsonArray("jobs").getValuesAs(JsonObject.class).stream()
                .filter(job -> job.getString("kind").equals(kind))
                .map(job -> Api.of(STACK).job(job.getString("job_id")))
                .findFirst()
                .orElseThrow();
    }
}
