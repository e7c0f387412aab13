package dev.sluice.it.net;

import dev.sluice.it.stack.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** A TCP proxy on loopback whose answers end too early, in order and without a reset, or come slowly, as a test says. Thread-safe. */
public final class ShortAnswers implements AutoCloseable {
    private static final int PIECE = 2048;

    private final ServerSocket server;
    private final FaultProxy.Target target;
    private volatile long longest = Long.MAX_VALUE;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    public ShortAnswers(FaultProxy.Target target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("short-answers").start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** No new connection hears more than so many bytes, its answer's head among them. */
    public void endAfter(long bytes) {
        longest = bytes;
    }

    public void atBytesPerSecond(long speed) {
        bytesPerSecond = speed;
    }

    /** Whole answers, as fast as they come. */
    public void heal() {
        longest = Long.MAX_VALUE;
        bytesPerSecond = Long.MAX_VALUE;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> pass(client));
            } catch (IOException gone) {
                // the proxy was closed, or one connection was gone before it was there
            }
        }
    }

    private void pass(Socket client) {
        try (client;
                Socket upstream = target.connect()) {
            Thread.ofVirtual().start(() -> ask(client, upstream));
            answer(upstream.getInputStream(), client.getOutputStream());
        } catch (IOException gone) {
            // whoever is left hears it from its own connection
        }
    }

    private static void ask(Socket client, Socket upstream) {
        try {
            client.getInputStream().transferTo(upstream.getOutputStream());
        } catch (IOException gone) {
            // the answer has ended meanwhile
        }
    }

    private void answer(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[PIECE];
        long left = longest;
        int count;
        while ((count = in.read(buffer, 0, (int) Math.min(PIECE, left))) > 0) {
            out.write(buffer, 0, count);
            left -= count;
            Await.pass(Duration.ofNanos(count * 1_000_000_000L / bytesPerSecond));
        }
    }
}
