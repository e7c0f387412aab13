package dev.sluice.gateway.upload;

import dev.sluice.gateway.upload.BodyException.Kind;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A request body while it is received: bounded, counted, digested; every failure to read it is a {@link BodyException}. Read by one thread,
 * which others may observe and cut off.
 */
final class ReceivedBody {
    /** Bytes do not wait here longer for others, however slow the client: the store ends a body that stands still. */
    static final Duration LONGEST_FILL = Duration.ofMillis(250);

    /** A client that is cut off and does not take its answer goes without. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(2);

    private static final String STOPPING = "The upload was cut off: this gateway is stopping.";

    private enum Turn {
        READER,
        CLIENT,
        CUT
    }

    /** Why a body was cut off, for its client. */
    record Cut(Kind kind, String detail) {}

    /** What a body may be. */
    record Bounds(OptionalLong declared, long maxBytes, boolean digest) {}

    private final InputStream source;
    private final Bounds bounds;
    private final Consumer<Cut> answer;
    private final Optional<MessageDigest> digest;
    private final Thread reader = Thread.currentThread();
    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.READER);
    private final CountDownLatch cutDone = new CountDownLatch(1);
    private volatile Cut cut = new Cut(Kind.TOO_SLOW, STOPPING);
    private volatile long received;
    private volatile long waited;
    private volatile long waitingSince;
    private long waitedByReader;
    private boolean ended;

    /** Made by the thread that reads; {@code answer} tells the client of a cut while that thread waits for it. */
    ReceivedBody(InputStream source, Bounds bounds, Consumer<Cut> answer) {
        this.source = source;
        this.bounds = bounds;
        this.answer = answer;
        this.digest = bounds.digest() ? Optional.of(sha256Digest()) : Optional.empty();
    }

    /** Reads behind {@code held} bytes until there are {@code enough}, the body has ended, or a slow client has had its time. */
    int fill(byte[] buffer, int held, int enough) {
        int filled = held;
        long begin = System.nanoTime();
        while (filled < enough) {
            int count = read(buffer, filled, enough - filled);
            if (count < 0) {
                end();
                break;
            }
            account(buffer, filled, count);
            filled += count;
            if (filled > 1 && System.nanoTime() - begin > LONGEST_FILL.toNanos()) {
                break;
            }
        }
        return filled;
    }

    boolean ended() {
        return ended;
    }

    long received() {
        return received;
    }

    /** Hex of the whole body, when it was wanted; once, after the end. */
    Optional<String> sha256() {
        return digest.map(done -> HexFormat.of().formatHex(done.digest()));
    }

    /** Nanoseconds spent waiting for the client's next byte until now. */
    long waitingNanos() {
        return turn.get() == Turn.CLIENT ? Math.max(0, System.nanoTime() - waitingSince) : 0;
    }

    /** Nanoseconds spent waiting for the client in all. */
    long waitedNanos() {
        return waited + waitingNanos();
    }

    /** Ends the body if its client is being waited for, who hears why; from any thread. */
    void cutIfWaiting(Kind kind, String detail) {
        if (turn.compareAndSet(Turn.CLIENT, Turn.CUT)) {
            cut = new Cut(kind, detail);
            Thread.startVirtualThread(this::answerAndWake);
        }
    }

    /** Ends the body at its next read at the latest; from any thread. */
    void cut(Kind kind) {
        while (turn.get() != Turn.CUT) {
            cutIfWaiting(kind, STOPPING);
            if (turn.compareAndSet(Turn.READER, Turn.CUT)) {
                cut = new Cut(kind, STOPPING);
                cutDone.countDown();
            }
        }
    }

    private void answerAndWake() {
        try {
            Thread.startVirtualThread(() -> answer.accept(cut)).join(LONGEST_ANSWER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Closes the client's socket too: nobody can be answered afterwards.
            reader.interrupt();
            cutDone.countDown();
        }
    }

    private int read(byte[] buffer, int offset, int most) {
        waitingSince = System.nanoTime();
        takeTurn(Turn.READER, Turn.CLIENT);
        try {
            int count = source.read(buffer, offset, most);
            takeTurn(Turn.CLIENT, Turn.READER);
            return count;
        } catch (BodyException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            takeTurn(Turn.CLIENT, Turn.READER);
            throw failure(e);
        } finally {
            waitedByReader += System.nanoTime() - waitingSince;
            waited = waitedByReader;
        }
    }

    private void takeTurn(Turn from, Turn to) {
        if (!turn.compareAndSet(from, to)) {
            awaitCut();
            throw new BodyException(cut.kind(), cut.detail());
        }
    }

    private void awaitCut() {
        boolean done = false;
        while (!done) {
            try {
                cutDone.await();
                done = true;
            } catch (InterruptedException e) {
                // The wake-up: it has done its work, and the flag must not end what follows.
                done = false;
            }
        }
        Thread.interrupted();
    }

    private void account(byte[] buffer, int offset, int count) {
        digest.ifPresent(running -> running.update(buffer, offset, count));
        long total = received + count;
        received = total;
        if (total > bounds.maxBytes()) {
            throw new BodyException(Kind.TOO_LARGE, "The limit is " + bounds.maxBytes() + " bytes.");
        }
    }

    private void end() {
        if (bounds.declared().isPresent() && bounds.declared().getAsLong() != received) {
            throw new BodyException(Kind.MALFORMED, interrupted());
        }
        ended = true;
    }

    private BodyException failure(Exception e) {
        boolean gone = e instanceof InsufficientDataAvailableException
                || e instanceof ServerConnectionException
                || e instanceof UncheckedIOException
                || e instanceof IOException;
        return new BodyException(gone ? Kind.GONE : Kind.MALFORMED, interrupted(), e);
    }

    private String interrupted() {
        return "the connection ended after " + received
                + (bounds.declared().isPresent() ? " of " + bounds.declared().getAsLong() : "") + " bytes";
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
