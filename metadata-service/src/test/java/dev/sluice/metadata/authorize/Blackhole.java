package dev.sluice.metadata.authorize;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A port where connects are neither taken nor refused: its backlog is full, and Linux drops what comes then. */
public final class Blackhole implements AutoCloseable {
    private static final int LONGEST_CONNECT_MILLIS = 500;
    private static final int MOST_WAITING = 100;

    private final ServerSocket server;
    private final List<Socket> waiting = new ArrayList<>();

    public Blackhole() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        boolean taken = true;
        while (taken) {
            if (waiting.size() > MOST_WAITING) {
                throw new IllegalStateException("this system takes connects beyond the backlog");
            }
            taken = connect();
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/may-upload");
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        server.close();
    }

    private boolean connect() throws IOException {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
            socket.connect(server.getLocalSocketAddress(), LONGEST_CONNECT_MILLIS);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
