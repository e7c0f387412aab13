package dev.sluice.gateway.metadata;

import dev.sluice.gateway.connection.HttpAnswer;
import dev.sluice.gateway.connection.HttpConnection;
import dev.sluice.gateway.connection.HttpConnections;
import dev.sluice.gateway.connection.Security;
import dev.sluice.gateway.connection.Trust;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Messages to the metadata service and its answers, over connections that are kept: the thread that asks reads the answer itself, which
 * an asynchronous client hands over two or three times. Each exchange ends in time. Thread-safe.
 */
final class Exchanges implements AutoCloseable {
    /** A message says its own length; the metadata service would take a reset under its answer for a fault. */
    private static final HttpConnections.Manner MANNER = new HttpConnections.Manner(1 << 20, false);

    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final String host;
    private final String authority;
    private final HttpConnections connections;

    /** {@code shortest}: of all times that exchanges will be given. */
    Exchanges(URI url, Duration shortest) {
        boolean tls = "https".equals(url.getScheme());
        int usual = tls ? 443 : 80;
        host = url.getHost();
        authority = url.getRawAuthority();
        connections = new HttpConnections(
                url.getPort() < 0 ? usual : url.getPort(), tls ? Trust.ofJvm() : Security.NONE, MANNER, shortest);
    }

    /**
     * Every message may be heard twice: one that a kept connection did not get across is sent again at once. That an interrupted thread does
     * not do so needs no word here: it cannot connect.
     */
    HttpAnswer exchange(Message message, Duration limit) throws IOException {
        message.header("Host", authority);
        Deadline deadline = Deadline.in(limit);
        Optional<HttpConnection> keptAlive = connections.keptAlive(host);
        if (keptAlive.isPresent()) {
            try {
                return over(keptAlive.get(), message, deadline);
            } catch (IOException e) {
                if (e instanceof InterruptedIOException) {
                    throw e;
                }
            }
        }
        return over(connections.connect(host, deadline.leftUpTo(CONNECT)), message, deadline);
    }

    private HttpAnswer over(HttpConnection connection, Message message, Deadline deadline) throws IOException {
        HttpAnswer answer;
        try {
            connection.send(message.bytes(), deadline.left());
            answer = connection.answer(deadline.left());
        } catch (Throwable e) {
            connections.drop(connection);
            throw e;
        }
        connections.release(connection);
        return answer;
    }

    @Override
    public void close() {
        connections.close();
    }

    private record Deadline(long nanos) {
        static Deadline in(Duration limit) {
            return new Deadline(System.nanoTime() + limit.toNanos());
        }

        /** Never less than a millisecond. */
        Duration left() {
            return Duration.ofNanos(Math.max(1_000_000, nanos - System.nanoTime()));
        }

        Duration leftUpTo(Duration most) {
            Duration left = left();
            return left.compareTo(most) < 0 ? left : most;
        }
    }
}
