package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The database is restored from an older copy: what it knows is true again, what it never knew is left alone. */
class RestoreTest {
    /** No worker is slow enough to lose it. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Stack STACK = new Stack(
            "restore",
            Executions.in(Options.plain()).gateway("gateway.stall=PT60S").metadata("metadata.jobs.lease=" + LEASE));
    private static final Payload PAYLOAD = new Payload(9, 100_000);
    private static final int SENT = 40_000;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void nothingRunsTwiceAndNothingIsInventedAfterAnOlderCopyIsRestored() throws IOException {
        Ledger known = new Ledger(STACK);
        known.sendAll(counted("known"), () -> {});
        known.check();
        Ledger open = new Ledger(STACK);
        try (Bodies ended = Bodies.open(STACK, open, counted("ended"), SENT);
                Bodies left = Bodies.open(STACK, open, counted("left"), SENT)) {
            new Rows(STACK, "ended").await(ended.count(), "receiving");
            new Rows(STACK, "left").await(left.count(), "receiving");
            copyDatabase("metadata", "copy");
            ended.finish();
            left.leave();
        }
        new Rows(STACK, "left").await(Seeds.count(), "failed");
        Ledger later = new Ledger(STACK);
        later.sendAll(counted("later"), () -> {});
        later.check();
        List<String> unknown = new Rows(STACK, "later").keys();
        Map<String, Long> ran = new HashMap<>(new Executions(STACK).byUpload());
        ran.keySet().retainAll(new Rows(STACK, "known").ids());

        copyDatabase("copy", "metadata");

        new Rows(STACK, "ended").await(Seeds.count(), "completed");
        new Rows(STACK, "left").await(Seeds.count(), "expired");
        new Rows(STACK, "ended").ids().forEach(Api.of(STACK)::awaitSettled);
        Await.pass(Times.FINAL_CHECK.plus(LEASE));
        assertThat(new Rows(STACK, "known").states()).hasSize(Seeds.count()).containsOnly("completed");
        assertThat(new Executions(STACK).byUpload()).containsAllEntriesOf(ran);
        assertThat(ran).hasSize(Seeds.count()).allSatisfy((id, times) -> assertThat(times)
                .isEqualTo(1));
        assertThat(new Rows(STACK, "later").all()).isEmpty();
        assertThat(Api.of(STACK).uploads()).hasSize(3 * Seeds.count());
        assertThat(STACK.bucket().keys(STACK.keyPrefix())).containsAll(unknown);
    }

    /** Lets the metadata service stand meanwhile. */
    private static void copyDatabase(String from, String to) throws IOException {
        STACK.metadata().stop();
        Path source = STACK.folder().resolve(from);
        Path target = Files.createDirectories(STACK.folder().resolve(to));
        delete(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.filter(RestoreTest::isOfDatabase).toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        STACK.metadata().start();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(RestoreTest::isOfDatabase).toList()) {
                Files.delete(file);
            }
        }
    }

    private static boolean isOfDatabase(Path file) {
        return file.getFileName().toString().startsWith("sluice.db");
    }

    private static List<Sending> counted(String name) {
        return IntStream.range(0, Seeds.count())
                .mapToObj(i -> Sending.of(name + "-" + i, PAYLOAD).with("Content-Type", Executions.TYPE))
                .toList();
    }
}
