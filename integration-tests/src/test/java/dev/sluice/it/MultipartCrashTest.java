package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads of unknown length that need several parts: whatever happens in them, no part is left behind. */
class MultipartCrashTest {
    /**
     * On a busy machine too, a kill's traces are still there when the test looks for them, and the store has put the parts together
     * before a check may clean up after a doubt.
     */
    private static final Stack STACK = new Stack(
            "multipart-crash",
            Options.plain()
                    .withProxies()
                    .gateway("gateway.stall=PT60S")
                    .metadata("metadata.times.silent=PT60S", "metadata.times.recheck=PT20S"));

    private static final int PART = 5 << 20;
    private static final int AT_ONCE = 10;

    /** Two whole parts and some. */
    private static final Payload PAYLOAD = new Payload(5, 2 * PART + 70_000);

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @BeforeEach
    void heal() {
        STACK.toStore().loseNothing();
        STACK.start();
    }

    /**
     * The kill meets one upload at its moment and the other anywhere. A body is read in 162 pieces, of which 80 make a part: by the
     * bounds of {@code body} a first part is at the store, and neither body has ended.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"body, 260, 310", "end-held, 1, 2", "end-sent, 1, 2", "stored, 1, 2"})
    void nothingIsLeftBehindWhenTheGatewayDiesAt(String moment, int from, int to) {
        Ledger ledger = new Ledger(STACK);
        Seeds.all().forEach(seed -> {
            String prefix = "parts-" + moment + "-" + seed + "-";
            int count = new SplittableRandom(seed + moment.hashCode()).nextInt(from, to + 1);
            STACK.gateway().close();
            STACK.gateway().startToHalt(moment + ":" + count);
            ledger.sendAll(sendings(prefix, 2), () -> STACK.gateway().awaitEnd());
            if (Set.of("body", "end-held").contains(moment)) {
                assertThat(multiparts(prefix)).as("open at the kill").isNotEmpty();
            }
        });
        STACK.gateway().start();

        ledger.check();
        assertThat(ledger.statuses()).isSubsetOf(201, 202, 503);
        assertNoneLeft("parts-" + moment);
    }

    /** Only the answer is lost: the store goes on with its work, and no check may hit it in the middle (ADR 0009). */
    @Test
    void checksDecideWhenTheAnswerToTheLastRequestIsLost() {
        Ledger ledger = new Ledger(STACK);
        inRounds("complete-lost", sendings -> {
            STACK.toStore().loseFirstAnswers(Pattern.compile("POST \\S+[?&]uploadId="));

            List<Optional<Answer>> answers = ledger.sendAll(sendings, () -> {});

            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer.orElseThrow().status()).isEqualTo(503);
                assertThat(answer.orElseThrow().code()).isEqualTo("outcome-unknown");
                assertThat(answer.orElseThrow().header("Location")).isPresent();
            });
        });

        new Rows(STACK, "complete-lost").await(Seeds.count(), "completed");
        ledger.check();
        assertNoneLeft("complete-lost");
    }

    /** The store has begun a multipart upload that the gateway never hears of: the check that follows on its verdict aborts it. */
    @Test
    void nothingIsLeftBehindWhenTheAnswerToTheFirstRequestIsLost() {
        Ledger ledger = new Ledger(STACK);
        inRounds("create-lost", sendings -> {
            STACK.toStore().loseFirstAnswers(Pattern.compile("POST \\S+[?&]uploads"));

            List<Optional<Answer>> answers = ledger.sendAll(sendings, () -> {});

            assertThat(STACK.toStore().lost()).isEqualTo(sendings.size());
            assertThat(answers)
                    .allSatisfy(
                            answer -> assertThat(answer.orElseThrow().code()).isEqualTo("store-unavailable"));
        });

        new Rows(STACK, "create-lost").await(Seeds.count(), "failed");
        ledger.check();
        assertNoneLeft("create-lost");
    }

    @Test
    void partsAreAbortedWhenTheClientsLeave() {
        Ledger ledger = new Ledger(STACK);
        inRounds("left", sendings -> {
            try (Bodies bodies = Bodies.open(STACK, ledger, sendings, PART + 400_000)) {
                String prefix = sendings.getFirst().filename().substring(0, "left-0".length());
                Await.until(
                        "all have parts",
                        Times.SETTLED,
                        () -> multiparts(prefix).size() == sendings.size());
                bodies.leave();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        new Rows(STACK, "left").await(Seeds.count(), "failed");
        ledger.check();
        assertNoneLeft("left");
    }

    @Test
    void nothingIsLeftBehindWhenTheStoreStandsStillInTheMiddle() {
        Part store = STACK.store().orElseGet(() -> Assumptions.abort("the store is not ours to freeze"));
        Ledger ledger = new Ledger(STACK);
        inRounds("still", sendings -> {
            String prefix = sendings.getFirst().filename().substring(0, "still-0".length());
            try (Bodies bodies = Bodies.open(STACK, ledger, sendings, PART + 400_000)) {
                Await.until(
                        "all have parts",
                        Times.SETTLED,
                        () -> multiparts(prefix).size() == sendings.size());
                store.freeze();
                try {
                    assertThat(bodies.finish())
                            .allSatisfy(answer ->
                                    assertThat(answer.orElseThrow().code()).isEqualTo("store-unavailable"));
                } finally {
                    store.thaw();
                }
            }
        });

        new Rows(STACK, "still").await(Seeds.count(), "failed");
        ledger.check();
        assertNoneLeft("still");
    }

    private static void inRounds(String name, Consumer<List<Sending>> action) {
        for (int round = 0; round < Seeds.count() / AT_ONCE; round++) {
            action.accept(sendings(name + "-" + round, AT_ONCE));
        }
    }

    private static List<Sending> sendings(String name, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Sending.of(name + "-" + i, PAYLOAD).inChunks())
                .toList();
    }

    /** The multipart uploads that the store keeps for the keys of these rows. */
    private static List<String> multiparts(String prefix) {
        return new Rows(STACK, prefix)
                .keys().stream()
                        .flatMap(key -> STACK.bucket().multiparts(key).stream())
                        .toList();
    }

    private static void assertNoneLeft(String prefix) {
        Set<String> keys = Set.copyOf(new Rows(STACK, prefix).keys());
        Await.holds(Times.SETTLED.dividedBy(3), () -> {
            assertThat(multiparts(prefix)).isEmpty();
            assertThat(STACK.bucket().multiparts("")).as("in the whole bucket").doesNotContainAnyElementsOf(keys);
        });
    }
}
