package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
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

/** A frozen gateway's uploads are given up, begun again by another gateway, and then the first goes on. */
class SupersededTest {
    /** The gateway's own watchdogs must not count the time in which it stood still; what is late has to be there before the last check. */
    private static final Stack STACK = new Stack(
            "superseded",
            Options.plain()
                    .withProxies()
                    .gateway(
                            "storage.connect-timeout=PT60S",
                            "storage.continue-timeout=PT60S",
                            "storage.answer-timeout=PT60S",
                            "gateway.stall=PT60S")
                    .metadata("metadata.times.final-check=PT20S"));

    private static final Payload PAYLOAD = new Payload(8, 90_000);
    private static final int SENT = 40_000;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void heal() {
        STACK.toStore().mode(Mode.PASS);
        STACK.secondGateway().close();
    }

    @Test
    void theOlderObjectGoesWhenTheLaterAttemptHasCompletedAndNotBefore() {
        Ledger ledger = new Ledger(STACK);
        List<Sending> sendings = keyed("overtaken");
        STACK.secondGateway().start();
        try (Bodies first = Bodies.open(STACK, ledger, sendings, SENT)) {
            new Rows(STACK, "overtaken").await(first.count(), "receiving");
            STACK.gateway().freeze();
            new Rows(STACK, "overtaken").await(first.count(), "expired");
            List<String> olderKeys = new Rows(STACK, "overtaken").keys();

            try (Bodies second = Bodies.openAt(STACK, STACK.secondGatewayPort(), ledger, sendings, SENT)) {
                Await.until("all are begun again", Times.SETTLED, () -> new Rows(STACK, "overtaken")
                        .all().stream()
                                .allMatch(row -> row.getInt("attempt") == 2
                                        && row.getString("state").equals("receiving")));
                STACK.gateway().thaw();
                assertAll(first.finish(), 409, "superseded");
                Await.pass(Times.RECHECK.multipliedBy(2));
                assertThat(STACK.bucket().keys(STACK.keyPrefix())).containsAll(olderKeys);

                assertAll(second.finish(), 201, "");
            }
            Await.holds(Times.SETTLED, () -> assertThat(STACK.bucket().keys(STACK.keyPrefix()))
                    .doesNotContainAnyElementsOf(olderKeys)
                    .containsAll(new Rows(STACK, "overtaken").keys()));
        }

        ledger.check();
    }

    /** All stand still at their ends, the last of them before it has sent a byte of it; the later attempts are over when the first go on. */
    @Test
    void aLateEndIsToldThatItWasSuperseded() {
        Ledger ledger = new Ledger(STACK);
        List<Sending> sendings = keyed("late-end");
        STACK.secondGateway().start();
        STACK.gateway().close();
        STACK.gateway().startToHalt("end-held:" + sendings.size() + ":freeze");
        try (Bodies first = Bodies.open(STACK, ledger, sendings, SENT)) {
            new Rows(STACK, "late-end").await(first.count(), "receiving");
            STACK.toStore().mode(Mode.BLACK_HOLE);
            CompletableFuture<List<Optional<Answer>>> answers = CompletableFuture.supplyAsync(first::finish);
            STACK.gateway().awaitFrozen();
            Seeds.atOnce(seed -> repeatElsewhere(sendings.get((int) (seed - Seeds.first()))));
            STACK.toStore().mode(Mode.PASS);
            STACK.gateway().thaw();

            assertAll(answers.join(), 409, "superseded");
        }

        assertThat(new Rows(STACK, "late-end").all())
                .allSatisfy(row -> assertThat(row.getInt("attempt")).isEqualTo(2));
        ledger.check();
    }

    /** The gateway goes on after its rows have expired, stores, and dies before it can say so. */
    @Test
    void anExpiredUploadIsCompletedByMessageOrLastCheck() {
        Ledger ledger = new Ledger(STACK);
        STACK.gateway().close();
        STACK.gateway().startToHalt("end-held:" + Seeds.count() + ":freeze", "stored:" + Seeds.count() / 2);
        List<Sending> sendings = IntStream.range(0, Seeds.count())
                .mapToObj(i -> Sending.of("thawed-" + i, PAYLOAD))
                .toList();

        try (Bodies bodies = Bodies.open(STACK, ledger, sendings, SENT)) {
            new Rows(STACK, "thawed").await(bodies.count(), "receiving");
            STACK.toStore().mode(Mode.BLACK_HOLE);
            CompletableFuture<List<Optional<Answer>>> answers = CompletableFuture.supplyAsync(bodies::finish);
            STACK.gateway().awaitFrozen();
            new Rows(STACK, "thawed").await(bodies.count(), "expired");
            STACK.toStore().mode(Mode.PASS);
            STACK.gateway().thaw();
            STACK.gateway().awaitEnd();
            answers.join();
        }
        STACK.gateway().start();

        ledger.check();
        assertThat(new Rows(STACK, "thawed")
                        .states().stream().filter("completed"::equals).count())
                .isGreaterThanOrEqualTo(Seeds.count() / 2);
    }

    /** A client that comes back with its key until another gateway has stored the file. */
    private static void repeatElsewhere(Sending sending) {
        Await.until("stored as a new attempt", Times.SETTLED, () -> {
            Answer answer = sending.sendTo(STACK, STACK.secondGatewayPort());
            assertThat(answer.code()).isIn("", "upload-in-doubt", "upload-in-progress", "metadata-unavailable");
            return answer.status() == 201;
        });
    }

    private static void assertAll(List<Optional<Answer>> answers, int status, String code) {
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.orElseThrow().status()).as("%s", answer).isEqualTo(status);
            assertThat(answer.orElseThrow().code()).isEqualTo(code);
        });
    }

    private static List<Sending> keyed(String name) {
        return IntStream.range(0, Seeds.count())
                .mapToObj(i -> Sending.of(name + "-" + i, PAYLOAD).with("Idempotency-Key", "key of " + name + i))
                .toList();
    }
}
