package dev.sluice.gateway.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The addresses of names. Nothing wakes a resolver that hangs, and it would keep the carrier of a virtual thread: each name is looked up on
 * a thread of its own, for all who wait for it. Thread-safe.
 */
final class Names {
    private final Map<String, Future<InetAddress>> running = new ConcurrentHashMap<>();

    /** Takes no look-up for the literal of an address. */
    InetAddress address(String host, Duration timeout) throws IOException {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException aName) {
            return await(host, running.computeIfAbsent(host, this::lookUp), timeout);
        }
    }

    private Future<InetAddress> lookUp(String host) {
        FutureTask<InetAddress> task = new FutureTask<>(() -> {
            try {
                return InetAddress.getByName(host);
            } finally {
                running.remove(host);
            }
        });
        Thread.ofPlatform().daemon().name("look-up " + host).start(task);
        return task;
    }

    private static InetAddress await(String host, Future<InetAddress> address, Duration timeout) throws IOException {
        try {
            return address.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw caused(new SocketTimeoutException("the look-up of " + host + " takes too long"), e);
        } catch (ExecutionException e) {
            throw caused(new UnknownHostException(host), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw caused(new ClosedByInterruptException(), e);
        }
    }

    private static IOException caused(IOException failure, Exception cause) {
        failure.initCause(cause);
        return failure;
    }
}
