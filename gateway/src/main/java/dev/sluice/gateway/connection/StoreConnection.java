package dev.sluice.gateway.connection;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One TCP connection to the store. Belongs to one thread, except for {@link #closeIfOverdue}: a blocked write has no time-out of its own,
 * so {@link StoreConnections} closes what is overdue. An interrupt of the thread closes the connection too.
 */
public final class StoreConnection implements Closeable {
    private static final int SEND_BUFFER = 256 << 10;
    private static final long NONE = 0;

    private final SocketChannel channel;
    private final AnswerReader answers;
    private volatile long deadline = NONE;
    private volatile boolean overdue;

    /** Connects, or fails as {@link java.net.Socket#connect(java.net.SocketAddress, int)} does. */
    StoreConnection(String host, int port, Duration timeout) throws IOException {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException(host);
        }
        channel = SocketChannel.open();
        answers = new AnswerReader(channel);
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(address, Math.toIntExact(timeout.toMillis()));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends all of the buffers, as one gathering write where the kernel takes it. */
    public void send(ByteBuffer[] buffers, Duration timeout) throws IOException {
        start(timeout);
        try {
            while (remain(buffers)) {
                channel.write(buffers);
            }
        } catch (IOException e) {
            throw named(e);
        } finally {
            deadline = NONE;
        }
    }

    private static boolean remain(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            if (buffer.hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    public StoreAnswer answer(Duration timeout) throws IOException {
        return answer(false, timeout);
    }

    public StoreAnswer answerToHead(Duration timeout) throws IOException {
        return answer(true, timeout);
    }

    private StoreAnswer answer(boolean toHead, Duration timeout) throws IOException {
        start(timeout);
        try {
            return answers.next(toHead);
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
            return e;
        }
        var timeout = new SocketTimeoutException("the store was silent for too long");
        timeout.initCause(e);
        return timeout;
    }

    boolean reusable() {
        return channel.isOpen() && answers.reusable();
    }

    void closeIfOverdue(long now) {
        long end = deadline;
        if (end != NONE && now - end > 0) {
            overdue = true;
            close();
        }
    }

    /** Resets the connection: what is still in the kernel's buffer is not sent, so a cut body stays cut. */
    @Override
    public void close() {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException ignored) {
            // The store was faster: closing is all that is left to do.
        }
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing more can be done for it.
        }
    }
}
