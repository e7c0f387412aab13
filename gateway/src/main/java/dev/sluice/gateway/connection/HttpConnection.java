package dev.sluice.gateway.connection;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * One connection to the store or the metadata service, plain or TLS. Belongs to one thread, except for {@link #closeIfOverdue}: a blocked
 * write has no time-out of its own, so {@link HttpConnections} closes what is overdue. An interrupt of the thread closes the connection too.
 */
public final class HttpConnection implements Closeable {
    private interface Reading {
        HttpAnswer answer() throws IOException;
    }

    private static final int SEND_BUFFER = 256 << 10;
    private static final long NONE = 0;

    private final String host;
    private final SocketChannel channel = SocketChannel.open();
    private final boolean cutsOff;
    private final AnswerReader answers;
    private Transport transport = new Transport.Plain(channel);
    private volatile long deadline = NONE;
    private volatile boolean overdue;

    /** Not connected yet. */
    HttpConnection(String host, HttpConnections.Manner manner) throws IOException {
        this.host = host;
        this.cutsOff = manner.cutsOff();
        this.answers = new AnswerReader(target -> transport().read(target), manner.largestAnswer());
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    String host() {
        return host;
    }

    private Transport transport() {
        return transport;
    }

    /** Connects, or fails as {@link java.net.Socket#connect(java.net.SocketAddress, int)} does; the look-up and the handshake are within the time. */
    void connect(Names names, int port, Security security, Duration timeout) throws IOException {
        start(timeout);
        try {
            var address = new InetSocketAddress(names.address(host, timeout), port);
            channel.socket().connect(address, Math.toIntExact(timeout.toMillis()));
            transport = security.over(channel, host, port);
        } catch (IOException e) {
            throw named(e);
        } finally {
            deadline = NONE;
        }
    }

    /** Sends all of the buffers. */
    public void send(ByteBuffer[] buffers, Duration timeout) throws IOException {
        start(timeout);
        try {
            transport.write(buffers);
        } catch (IOException e) {
            throw named(e);
        } finally {
            deadline = NONE;
        }
    }

    public HttpAnswer answer(Duration timeout) throws IOException {
        return read(() -> answers.next(false), timeout);
    }

    public HttpAnswer answerToHead(Duration timeout) throws IOException {
        return read(() -> answers.next(true), timeout);
    }

    /** The answer, or {@code 100 Continue} when that comes first. */
    public HttpAnswer answerOrContinue(Duration timeout) throws IOException {
        return read(answers::nextOrContinue, timeout);
    }

    private HttpAnswer read(Reading reading, Duration timeout) throws IOException {
        start(timeout);
        try {
            return reading.answer();
        } catch (IOException e) {
            throw named(e);
        } finally {
            deadline = NONE;
        }
    }

    private void start(Duration timeout) {
        deadline = (System.nanoTime() + timeout.toNanos()) | 1;
    }

    private IOException named(IOException e) {
        if (!overdue) {
            return interruption(e).orElse(e);
        }
        var timeout = new SocketTimeoutException("the other side was silent for too long");
        timeout.initCause(e);
        return timeout;
    }

    /** TLS wraps what the channel below says. */
    private static Optional<IOException> interruption(Throwable failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedByInterruptException interruption) {
                return Optional.of(interruption);
            }
        }
        return Optional.empty();
    }

    boolean reusable() {
        return channel.isOpen() && answers.reusable();
    }

    /**
     * Whether nothing has come since the last answer. What nobody has asked for would be taken for the answer to the next question, which may
     * be somebody else's; of TLS, whatever it is counts. A connection that is not silent is of no use any more.
     */
    boolean silent() {
        try {
            channel.configureBlocking(false);
            int count = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return count == 0;
        } catch (IOException e) {
            return false;
        }
    }

    void closeIfOverdue(long now) {
        long end = deadline;
        if (end != NONE && now - end > 0) {
            overdue = true;
            close();
        }
    }

    /**
     * Resets the connection to a store: what is still in the kernel's buffer is not sent, so a cut body stays cut. Only here: when this
     * process dies, the end that it had sent still gets there.
     */
    @Override
    public void close() {
        try {
            if (cutsOff && channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException ignored) {
            // The other side was faster: closing is all that is left to do.
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing more can be done for it.
        }
    }
}
