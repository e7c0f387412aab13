package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many slow uploads at once, in a small heap; and each part is stopped and started again, in good order, in the middle of them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SlowUploadsTest {
    private static final boolean LONG = Boolean.getBoolean("sluice.long");
    private static final int MANY = LONG ? 500 : 100;
    private static final int SOME = LONG ? 200 : 25;
    /** Of the many, those of unknown length. */
    private static final int CHUNKED = 4;

    private static final int SIZE = 48_000;

    /** In MB: what so many were seen to need, and some more (docs/operations.md, sizing). */
    private static final int HEAP = Integer.getInteger("sluice.slow.heap", LONG ? 96 : 64);

    private static final Stack STACK = new Stack(
            "slow",
            Options.plain()
                    .patient()
                    .withGatewayHeap(HEAP)
                    .gateway(
                            "gateway.max-open-uploads=" + MANY,
                            "gateway.buffer-size=16384",
                            "gateway.part-buffers=" + CHUNKED,
                            "gateway.drain=PT1S",
                            "gateway.stall=PT100S",
                            "gateway.min-bytes-per-second=0",
                            "storage.answer-timeout=PT110S")
                    .nginx("MAX_UPLOADS_PER_ADDRESS", "1000"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    private final Ledger ledger = new Ledger(STACK);

    @Test
    @Order(1)
    void allOfManyAreStored() {
        List<Sending> all = Stream.concat(
                        sendings("many", MANY - CHUNKED),
                        sendings("chunked", CHUNKED).map(Sending::inChunks))
                .toList();

        new SlowClients(STACK, ledger).send(all, () -> {}, () -> {});

        assertThat(ledger.count(201)).isEqualTo(MANY);
        ledger.check();
    }

    @Test
    @Order(2)
    void restartsOfWorkerAndMetadataServiceAndANewConfigurationOfNginxHinderNoUpload() {
        Sending late = Sending.of("late", new Payload(1, SIZE));
        sendWhile(() -> {
            STACK.nginx().signal("HUP");
            restart(STACK.worker());
            restart(STACK.metadata());
            assertThat(ledger.send(late).map(Answer::status)).contains(201);
        });

        assertThat(ledger.count(201) + ledger.count(202)).isEqualTo(SOME + 1);
        settled();
    }

    @Test
    @Order(3)
    void anNginxThatQuitsEndsNoUpload() {
        sendWhile(() -> STACK.nginx().signal("QUIT"));
        STACK.nginx().awaitEnd();
        STACK.start();

        assertThat(ledger.count(201)).isEqualTo(SOME);
        settled();
    }

    /** SIGTERM ends nginx at once, connections and all. */
    @Test
    @Order(4)
    void whatTheEndOfNginxCutsOffIsStoredOnceWhenItIsRepeated() {
        List<Optional<Answer>> answers = sendWhile(() -> restart(STACK.nginx()));

        assertThat(answers.stream().anyMatch(Optional::isEmpty)).isTrue();
        settled();
    }

    @Test
    @Order(5)
    void whatTheEndOfAGatewayCutsOffIsAnsweredAndStoredOnceWhenItIsRepeated() {
        assertAnswered(sendWhile(() -> restart(STACK.gateway())));
        settled();
    }

    @Test
    @Order(6)
    void whatTheEndOfAStoreCutsOffIsAnsweredAndStoredOnceWhenItIsRepeated() {
        Part store = STACK.store().orElseGet(() -> Assumptions.abort("the store is not ours to stop"));

        // the clients wait for its end: a store that takes its time would have everything by then
        assertAnswered(sendWhile(store::stop, store::start));
        settled();
    }

    /** Each of them heard something, and some that their upload was cut off. */
    private static void assertAnswered(List<Optional<Answer>> answers) {
        assertThat(answers).allSatisfy(answer -> assertThat(answer.isPresent()).isTrue());
        assertThat(answers)
                .anySatisfy(answer -> assertThat(answer.orElseThrow().status()).isEqualTo(503));
    }

    private List<Optional<Answer>> sendWhile(Runnable action) {
        return sendWhile(() -> {}, action);
    }

    private List<Optional<Answer>> sendWhile(Runnable whileTheyWait, Runnable action) {
        List<Sending> some = sendings("restart-" + System.nanoTime(), SOME)
                .map(sending -> sending.with("Idempotency-Key", sending.filename()))
                .toList();
        return new SlowClients(STACK, ledger).send(some, whileTheyWait, action);
    }

    /** Every client comes back until its file is stored; then there is one object of each, and one completion. */
    private void settled() {
        ledger.repeatKeyedUntilStored();
        ledger.check();
    }

    private static void restart(Part part) {
        part.stop();
        part.start();
    }

    private static Stream<Sending> sendings(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> Sending.of(name + "-" + i, new Payload(i, SIZE)));
    }
}
