package dev.sluice.benchmark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Reads what comes to a port and discards it; closes a connection when its other end has sent all. */
public final class SinkMain {
    private static final int BUFFER = 256 << 10;

    private SinkMain() {}

    /** {@code PORT} on loopback. */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])));
            while (true) {
                SocketChannel connection = server.accept();
                Thread.ofPlatform().daemon().start(() -> discard(connection));
            }
        }
    }

    private static void discard(SocketChannel connection) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BUFFER);
        try (connection) {
            while (connection.read(bytes.clear()) >= 0) {
                // nothing is done with them
            }
        } catch (IOException e) {
            System.err.println("sink: " + e);
        }
    }
}
