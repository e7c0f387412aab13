package dev.sluice.it;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that all have begun before one goes on, and then go on in small pieces with pauses. */
record SlowClients(Stack stack, Ledger ledger) {
    private static final int PIECES = 8;
    private static final Duration PAUSE = Duration.ofMillis(500);

    /**
     * Sends all until they are open, runs one action while they wait and another while they go on, and returns what they heard; empty: the
     * connection ended without an answer.
     */
    List<Optional<Answer>> send(List<Sending> sendings, Runnable whileTheyWait, Runnable whileTheyGoOn) {
        CountDownLatch goOn = new CountDownLatch(1);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Answer>>> running = new ArrayList<>();
            for (Sending sending : sendings) {
                running.add(executor.submit(() -> send(sending, goOn)));
            }
            try {
                Await.until(
                        "all are open",
                        Times.SETTLED,
                        () -> stack.gatewayGauge("sluice_gateway_open_uploads") == sendings.size());
                whileTheyWait.run();
            } finally {
                goOn.countDown();
            }
            whileTheyGoOn.run();
            return Futures.results(running);
        }
    }

    private Optional<Answer> send(Sending sending, CountDownLatch goOn) throws InterruptedException {
        ledger.expect(sending);
        try (RawUpload upload = sending.open(stack)) {
            Answer answer = answer(upload, sending, goOn);
            ledger.heard(sending, answer);
            return Optional.of(answer);
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Answer answer(RawUpload upload, Sending sending, CountDownLatch goOn)
            throws IOException, InterruptedException {
        long piece = Math.ceilDiv(sending.payload().size(), PIECES);
        try (InputStream stream = sending.payload().stream()) {
            upload.send(stream, piece);
            goOn.await();
            for (int i = 1; i < PIECES; i++) {
                Await.pass(PAUSE);
                upload.send(stream, piece);
            }
            upload.finish();
        } catch (IOException refused) {
            return upload.answer(Times.SETTLED);
        }
        return upload.answer(Times.SETTLED);
    }
}
