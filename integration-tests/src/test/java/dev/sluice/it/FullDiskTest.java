package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import dev.sluice.it.stack.Tmpfs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A full disk under the store and under the database: a small tmpfs, where the tests run as root, and the database's configured limit. */
class FullDiskTest {
    @Test
    void aFullStoreIsSaidAndRecovers() throws IOException {
        Stack stack = new Stack("full-store", Options.plain());
        Part store = stack.store().orElseGet(() -> Assumptions.abort("the store is not ours to fill"));
        Path folder = stack.folder().resolve("store");
        assumeTmpfs("full store");
        try (stack;
                Tmpfs disk = Tmpfs.mounted(folder, 24)) {
            stack.start();
            Ledger ledger = new Ledger(stack);
            ledger.send(Sending.of("fits", new Payload(1, 4_000_000)));

            Answer answer = Sending.of("fits-not", new Payload(1, 40_000_000)).send(stack);

            assertThat(answer.status()).as("%s\n%s", answer, store.logTail()).isIn(503, 507);
            assertThat(answer.code()).isIn("store-full", "store-unavailable", "outcome-unknown");
            Api.of(stack).awaitState(answer.uploadId().orElseThrow(), "failed", "expired");
            disk.resize(200);
            assertThat(ledger.send(Sending.of("fits-now", new Payload(1, 20_000_000)))
                            .orElseThrow()
                            .status())
                    .isEqualTo(201);
            ledger.check();
        }
    }

    @Test
    void aFullDatabaseIsSaidAndRecovers() throws IOException {
        assumeTmpfs("full database");
        Stack stack = new Stack("full-database", Options.plain());
        try (stack;
                Tmpfs disk = Tmpfs.mounted(stack.folder().resolve("metadata"), 2)) {
            stack.start();

            Ledger ledger = filled(stack);
            disk.resize(100);

            assertRecovered(stack, ledger);
        }
    }

    @Test
    void aDatabaseAtItsConfiguredLimitIsSaidAndRecovers() {
        SuiteReport.say("full database: a configured limit (metadata.max-database-bytes)");
        try (Stack stack =
                new Stack("limited-database", Options.plain().metadata("metadata.max-database-bytes=524288"))) {
            stack.start();

            Ledger ledger = filled(stack);
            stack.metadata().stop();
            stack.metadata().start("metadata.max-database-bytes=100000000");

            assertRecovered(stack, ledger);
        }
    }

    /** Uploads until a client hears that nothing more can be written down. */
    private static Ledger filled(Stack stack) {
        Ledger ledger = new Ledger(stack);
        ledger.keepSending(8, number -> Sending.of("row-" + number, new Payload(number, 10)), () -> {
            Await.until("a client is refused", Times.SETTLED, () -> ledger.count(503) > 0);
            Await.until("not ready", Times.SETTLED, () -> ready(stack) == 503);
        });
        assertThat(stack.metadata().alive()).isTrue();
        assertThat(ledger.statuses()).isSubsetOf(201, 202, 503);
        assertThat(ledger.count(201)).isPositive();
        return ledger;
    }

    private static void assertRecovered(Stack stack, Ledger ledger) {
        Await.until("ready again", Times.SETTLED, () -> ready(stack) == 200);
        assertThat(ledger.send(Sending.of("afterwards", new Payload(1, 10)))
                        .orElseThrow()
                        .status())
                .isEqualTo(201);
        ledger.check();
    }

    private static int ready(Stack stack) {
        return Http.get(stack.internalUrl() + "/health/ready", Map.of()).status();
    }

    private static void assumeTmpfs(String what) throws IOException {
        boolean possible = Tmpfs.possible();
        SuiteReport.say(what + (possible ? ": a small tmpfs" : ": not filled, no root for a tmpfs"));
        Assumptions.assumeTrue(possible, "no root: no tmpfs to fill");
    }
}
