package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kill -9 of any process, or of all of them at once, while clients upload: no promise is broken. */
class KillEverythingTest {
    /** While the store is away a job may fail often: its retries are scaled down to a tenth of a second, and starts are not. */
    private static final Stack STACK = new Stack(
            "kill",
            Executions.in(Options.plain()).metadata("metadata.jobs.max-failures=100", "metadata.jobs.max-crashes=100"));

    private static final Set<String> OPEN = Set.of("intent", "receiving");

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void everyPromiseIsKeptWhateverIsKilled() {
        Ledger ledger = new Ledger(STACK);
        List<Long> openAtKills = new ArrayList<>();

        Seeds.all().forEach(seed -> {
            ledger.sendAll(sendings(seed), () -> {
                awaitOpen(slow(seed));
                Await.pass(Duration.ofMillis(new SplittableRandom(seed).nextInt(300)));
                openAtKills.add(open("kill-" + seed + "-"));
                killSome(seed);
            });
            STACK.start();
        });
        SuiteReport.say("uploads open at each kill: " + openAtKills);
        ledger.sendAll(sendings(Seeds.first() - 1), () -> {});

        assertThat(openAtKills.stream().filter(open -> open > 0).count())
                .as("kills that met an upload: %s", openAtKills)
                .isGreaterThanOrEqualTo(Seeds.count() * 8L / 10);
        assertThat(ledger.count(201)).isPositive();
        ledger.check();
        new Executions(STACK).check("kill");
    }

    /** One client too slow to be done before the kill, and some that may be anywhere. */
    private static List<Sending> sendings(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return Stream.concat(
                        Stream.of(slow(seed)),
                        IntStream.range(0, 5).mapToObj(i -> Sending.random("kill-" + seed + "-" + i, random)))
                .map(sending -> sending.with("Content-Type", Executions.TYPE))
                .toList();
    }

    private static Sending slow(long seed) {
        Sending sending = Sending.of("kill-" + seed + "-slow", new Payload(seed, 500_000))
                .with("Content-Type", Executions.TYPE)
                .atBytesPerSecond(60_000);
        return seed % 3 == 0 ? sending.inChunks() : sending;
    }

    /** The kill must meet an upload that has begun and has not ended: else it would show nothing. */
    private static void awaitOpen(Sending sending) {
        Await.until(sending.filename() + " is open", Times.SETTLED, () -> open(sending.filename()) > 0);
    }

    private static long open(String prefix) {
        return new Rows(STACK, prefix).states().stream().filter(OPEN::contains).count();
    }

    /** Odd seeds: all at once. Even seeds: one part after the other. */
    private static void killSome(long seed) {
        List<Part> parts = STACK.processes();
        if (seed % 2 == 1) {
            parts.forEach(Part::kill9);
        } else {
            parts.get((int) (seed / 2 % parts.size())).kill9();
        }
    }
}
