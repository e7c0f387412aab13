package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.FaultProxy;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway that stands still until everybody thinks it dead, and then goes on. */
class FreezeTest {
    /** The gateway's own watchdogs must not count the time in which it stood still. */
    private static final Stack STACK = new Stack(
            "freeze",
            Options.plain()
                    .withProxies()
                    .gateway(
                            "storage.connect-timeout=PT60S",
                            "storage.continue-timeout=PT60S",
                            "storage.answer-timeout=PT60S",
                            "gateway.stall=PT60S"));

    private static final Payload PAYLOAD = new Payload(3, 90_000);
    private static final int SENT = 40_000;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void heal() {
        STACK.toStore().mode(Mode.PASS);
        STACK.toMetadata().mode(Mode.PASS);
    }

    /** None of the ends gets to the store before the rows have expired. */
    @Test
    void aLateMessageIsProofWhenTheRowsHaveExpired() {
        frozenAtTheirEnds("end-held", STACK.toStore(), "expired");
    }

    /** All are stored, and none of the messages gets to the metadata service before the checks have completed the rows. */
    @Test
    void aLateMessageIsWelcomeWhenTheChecksHaveCompletedTheRows() {
        frozenAtTheirEnds("stored", STACK.toMetadata(), "completed");
    }

    @Test
    void bodiesGoOnWhenTheGatewayHasStoodStillInTheMiddleOfThem() {
        Ledger ledger = new Ledger(STACK);
        try (Bodies bodies = Bodies.open(STACK, ledger, sendings("middle"), SENT)) {
            new Rows(STACK, "middle").await(bodies.count(), "receiving");
            STACK.gateway().freeze();
            new Rows(STACK, "middle").await(bodies.count(), "expired");
            STACK.gateway().thaw();

            assertStored(bodies.finish());
        }

        ledger.check();
        new Rows(STACK, "middle").await(Seeds.count(), "completed");
    }

    /**
     * The last of the uploads to reach its moment freezes the gateway, the others have passed it by then and get no further.
     *
     * @param hindered what lets nothing through meanwhile
     * @param meanwhile the state to which that leads
     */
    private static void frozenAtTheirEnds(String moment, FaultProxy hindered, String meanwhile) {
        Ledger ledger = new Ledger(STACK);
        String name = "thawed-" + moment;
        STACK.gateway().close();
        STACK.gateway().startToHalt(moment + ":" + Seeds.count() + ":freeze");
        try (Bodies bodies = Bodies.open(STACK, ledger, sendings(name), SENT)) {
            new Rows(STACK, name).await(bodies.count(), "receiving");
            hindered.mode(Mode.BLACK_HOLE);
            CompletableFuture<List<Optional<Answer>>> answers = CompletableFuture.supplyAsync(bodies::finish);
            STACK.gateway().awaitFrozen();
            new Rows(STACK, name).await(bodies.count(), meanwhile);
            assertThat(new Rows(STACK, name).all())
                    .as("no message has come")
                    .allSatisfy(row -> assertThat(row.isNull("stored_at")).isTrue());
            hindered.mode(Mode.PASS);
            STACK.gateway().thaw();

            assertStored(answers.join());
        }
        Await.holds(Times.SETTLED, () -> assertThat(new Rows(STACK, name).all())
                .hasSize(Seeds.count())
                .allSatisfy(row -> {
                    assertThat(row.getString("state")).isEqualTo("completed");
                    assertThat(row.isNull("stored_at")).isFalse();
                }));
        ledger.check();
    }

    private static void assertStored(List<Optional<Answer>> answers) {
        assertThat(answers).allSatisfy(answer -> assertThat(answer.orElseThrow().status())
                .as("%s", answer)
                .isIn(201, 202));
    }

    private static List<Sending> sendings(String name) {
        return IntStream.range(0, Seeds.count())
                .mapToObj(i -> Sending.of(name + "-" + i, PAYLOAD))
                .toList();
    }
}
