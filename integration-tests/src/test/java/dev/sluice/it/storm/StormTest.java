package dev.sluice.it.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.Executions;
import dev.sluice.it.Seeds;
import dev.sluice.it.StackExtension;
import dev.sluice.it.SuiteReport;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.Storm.Pace;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One storm: of 30 minutes with {@code -Dsluice.long=true}, of {@code -Dsluice.storm=} where that is given, else one short round so that
 * the storm itself stays sound.
 */
class StormTest {
    private static final long LIMIT = 11 << 20;

    /** Uploads that are acknowledged on a slow machine in any weather. */
    private static final long PER_MINUTE = 20;

    private static final Duration SHORT = Duration.ofSeconds(12);
    private static final Pace PACE = pace();

    /**
     * The rule times are to the longest fault as they are in earnest: what the network or a store held back is there before the second
     * absence counts. While the store is away a job may fail often, and its retries are scaled down.
     */
    private static final Stack STACK = new Stack(
            "storm",
            Executions.in(Options.plain())
                    .withProxies()
                    .metadata(
                            "metadata.max-upload-bytes=" + LIMIT,
                            "metadata.times.recheck=" + PACE.fault().plusSeconds(1),
                            "metadata.times.final-check=" + PACE.fault().multipliedBy(2),
                            "metadata.jobs.max-failures=500",
                            "metadata.jobs.max-crashes=500"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void everyInvariantHoldsAfterEachRound() {
        System.out.println("storm: " + PACE.span() + ", the same again: " + repeat());
        try (Storm storm = new Storm(STACK, Seeds.first(), PACE, LIMIT)) {
            storm.run();

            SuiteReport.say("storm of " + PACE.span() + ": " + storm.summary());
            assertThat(storm.acknowledged())
                    .isGreaterThanOrEqualTo(PER_MINUTE * PACE.span().toSeconds() / 60);
            assertThat(storm.unseen()).isPositive();
            assertThat(storm.nemesis().counts()).isNotEmpty();
            if (PACE.isLong()) {
                assertThat(storm.nemesis().missing()).as("never done").isEmpty();
            }
        } catch (AssertionError violated) {
            System.out.println("storm: failed, the same again: " + repeat());
            throw violated;
        }
    }

    private static Pace pace() {
        String span =
                System.getProperty("sluice.storm", Boolean.getBoolean("sluice.long") ? "PT30M" : SHORT.toString());
        Duration whole = Duration.parse(span);
        Duration round = Duration.ofSeconds(whole.toMinutes() < 10 ? 60 : 90);
        Pace pace = new Pace(whole, round, Duration.ofSeconds(6), Duration.ofMinutes(4), Duration.ofSeconds(35));
        return pace.isLong()
                ? pace
                : new Pace(whole, whole, Duration.ofSeconds(2), Duration.ofMinutes(3), Duration.ZERO);
    }

    private static String repeat() {
        return "mvn verify -Dtest=StormTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.storm=" + PACE.span()
                + " -Dsluice.seed=" + Seeds.first() + store();
    }

    /** Which store, if not the embedded one. */
    private static String store() {
        return System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("sluice.store."))
                .sorted()
                .map(name -> " -D" + name + "=" + System.getProperty(name))
                .collect(Collectors.joining());
    }
}
