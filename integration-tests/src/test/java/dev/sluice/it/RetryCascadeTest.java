package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store is slow, and clients without patience send everything again: what is acknowledged, stored and announced is each file once. */
class RetryCascadeTest {
    private static final Stack STACK =
            new Stack("cascade", Options.plain().patient().withProxies());
    private static final int FILES = 64;
    private static final int TRIES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long STORE_BYTES_PER_SECOND = 100_000;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    private final CountDownLatch firstTries = new CountDownLatch(FILES);

    @Test
    void whateverIsSentAgainIsStoredAndAnnouncedOnce() throws Exception {
        Ledger ledger = new Ledger(STACK);
        STACK.toStore().throttle(STORE_BYTES_PER_SECOND);

        List<List<Optional<Answer>>> told = sendAll(ledger);

        assertThat(told.stream().filter(tries -> tries.size() > 1).count())
                .as("clients that came back")
                .isGreaterThanOrEqualTo(FILES / 4);
        assertThat(told).as("acknowledged").allSatisfy(tries -> assertThat(status(tries.getLast()))
                .as("%s", tries)
                .isEqualTo(201));
        ledger.check();
        assertThat(STACK.bucket().keys(STACK.keyPrefix())).as("stored").hasSize(FILES);
        assertThat(completions()).as("events").hasSize(FILES).doesNotHaveDuplicates();
        assertThat(callbacks()).as("callbacks").hasSize(FILES);
    }

    /** The store is itself again when every client has tried once. */
    private List<List<Optional<Answer>>> sendAll(Ledger ledger) throws InterruptedException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Optional<Answer>>>> clients = IntStream.range(0, FILES)
                    .mapToObj(i -> executor.submit(() -> sendAgainAndAgain(ledger, file(i))))
                    .toList();
            firstTries.await();
            STACK.toStore().throttle(Long.MAX_VALUE);
            return Futures.results(clients);
        }
    }

    /** A second of the store's time, or seven, which the client does not wait for, or far more than lies in buffers on the way. */
    private static Sending file(int number) {
        long size = number % 16 == 0 ? 8_000_000 : number % 2 == 0 ? 700_000 : 100_000;
        return Sending.of("cascade-" + number, new Payload(number, size)).with("Idempotency-Key", "cascade " + number);
    }

    /** What a client hears at each try. */
    private List<Optional<Answer>> sendAgainAndAgain(Ledger ledger, Sending sending) {
        List<Optional<Answer>> told = new ArrayList<>();
        told.add(ledger.sendWithin(sending, PATIENCE));
        firstTries.countDown();
        while (told.size() < TRIES && status(told.getLast()) != 201) {
            told.getLast().flatMap(answer -> answer.header("Retry-After")).ifPresent(RetryCascadeTest::pass);
            told.add(ledger.sendWithin(sending, PATIENCE));
        }
        return told;
    }

    private static void pass(String seconds) {
        Await.pass(Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private static int status(Optional<Answer> answer) {
        return answer.map(Answer::status).orElse(0);
    }

    private static List<String> completions() {
        return Api.of(STACK).events().stream()
                .filter(event -> event.getString("type").equals("upload.completed"))
                .map(event -> event.getString("upload_id"))
                .toList();
    }

    private static List<String> callbacks() {
        return STACK.receiver().received().stream()
                .filter(one -> one.type().equals("upload.completed"))
                .map(Received::uploadId)
                .distinct()
                .toList();
    }
}
