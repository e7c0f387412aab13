package dev.sluice.gateway.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All connections to one service: keeps some alive for a short time, and closes those whose operation is overdue. Thread-safe. */
public final class HttpConnections implements AutoCloseable {
    /** A store's own limit is 30 s (MinIO, Jetty): far below it, so that few are stale. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

    private static final int MOST_IDLE = 64;
    private static final Duration SLOWEST_WATCH = Duration.ofMillis(250);
    private static final Duration FASTEST_WATCH = Duration.ofMillis(10);

    /** How to treat one service: the longest answer, and whether a request that is given up is cut off, so that it cannot look whole. */
    public record Manner(int largestAnswer, boolean cutsOff) {}

    private record Idle(HttpConnection connection, long since) {
        boolean expired(long now) {
            return now - since > LONGEST_IDLE.toNanos();
        }
    }

    private final int port;
    private final Security security;
    private final Manner manner;
    private final Names names = new Names();
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** {@code shortestTimeout}: of all that operations on these connections will be given. */
    public HttpConnections(int port, Security security, Manner manner, Duration shortestTimeout) {
        this.port = port;
        this.security = security;
        this.manner = manner;
        Duration period = period(shortestTimeout);
        Thread.ofPlatform().daemon().name("connection-watchdog").start(() -> watchUntilClosed(period));
    }

    private void watchUntilClosed(Duration period) {
        try {
            while (!closed.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
                watch();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration period(Duration shortestTimeout) {
        Duration period = shortestTimeout.dividedBy(10);
        if (period.compareTo(SLOWEST_WATCH) > 0) {
            return SLOWEST_WATCH;
        }
        return period.compareTo(FASTEST_WATCH) < 0 ? FASTEST_WATCH : period;
    }

    private void watch() {
        long now = System.nanoTime();
        open.forEach(connection -> connection.closeIfOverdue(now));
        for (Idle oldest = idle.peekLast(); oldest != null && oldest.expired(now); oldest = idle.peekLast()) {
            if (idle.remove(oldest)) {
                drop(oldest.connection());
            }
        }
    }

    /** The connection to this host that was used last, which may have gone stale meanwhile. */
    public Optional<HttpConnection> keptAlive(String host) {
        for (Idle last : idle) {
            if (last.connection().host().equals(host) && idle.remove(last)) {
                if (!last.expired(System.nanoTime()) && last.connection().silent()) {
                    return Optional.of(last.connection());
                }
                drop(last.connection());
            }
        }
        return Optional.empty();
    }

    /** Fails with a time-out when the look-up of the name, connecting and, with TLS, the handshake take longer. */
    public HttpConnection connect(String host, Duration timeout) throws IOException {
        var connection = new HttpConnection(host, manner);
        open.add(connection);
        try {
            connection.connect(names, port, security, timeout);
            return connection;
        } catch (Throwable e) {
            drop(connection);
            throw e;
        }
    }

    /** Takes back a connection after a complete answer. */
    public void release(HttpConnection connection) {
        if (connection.reusable() && idle.size() < MOST_IDLE) {
            idle.addFirst(new Idle(connection, System.nanoTime()));
        } else {
            drop(connection);
        }
    }

    public void drop(HttpConnection connection) {
        open.remove(connection);
        connection.close();
    }

    @Override
    public void close() {
        closed.countDown();
        open.forEach(this::drop);
        idle.clear();
    }
}
