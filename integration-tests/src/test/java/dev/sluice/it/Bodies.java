package dev.sluice.it;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** Several uploads whose bodies are all under way, to be ended when the test wants it. */
final class Bodies implements AutoCloseable {
    private record Body(RawUpload upload, Payload payload, int sent) {}

    private final List<Body> bodies = new ArrayList<>();

    private Bodies() {}

    /** Sends the first bytes of each. */
    static Bodies open(Stack stack, Ledger ledger, List<Sending> sendings, int sent) {
        return openAt(stack, stack.port(), ledger, sendings, sent);
    }

    /** The same to another port than that of nginx. */
    static Bodies openAt(Stack stack, int port, Ledger ledger, List<Sending> sendings, int sent) {
        Bodies opened = new Bodies();
        for (Sending sending : sendings) {
            ledger.expect(sending);
            opened.open(() -> sending.openAt(stack, port), sending.payload(), sent);
        }
        return opened;
    }

    /** Sends what is left of each and waits for the answers; empty: the connection ended without one. */
    List<Optional<Answer>> finish() {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            return Futures.results(bodies.stream()
                    .map(body -> executor.submit(() -> finish(body)))
                    .toList());
        }
    }

    int count() {
        return bodies.size();
    }

    /** Every client leaves. */
    void leave() throws IOException {
        for (Body body : bodies) {
            body.upload().reset();
        }
    }

    @Override
    public void close() {
        for (Body body : bodies) {
            try {
                body.upload().close();
            } catch (IOException gone) {
                // gone already
            }
        }
    }

    private void open(Callable<RawUpload> connect, Payload payload, int sent) {
        try {
            RawUpload upload = connect.call();
            bodies.add(new Body(upload, payload, sent));
            upload.send(payload.stream(), sent);
        } catch (Exception e) {
            close();
            throw new AssertionError(e);
        }
    }

    private static Optional<Answer> finish(Body body) {
        try {
            try (InputStream rest = body.payload().stream()) {
                rest.skipNBytes(body.sent());
                body.upload().send(rest, body.payload().size() - body.sent());
                body.upload().finish();
            } catch (IOException refused) {
                return Optional.of(body.upload().answer(Times.SETTLED));
            }
            return Optional.of(body.upload().answer(Times.SETTLED));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
