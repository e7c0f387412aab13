package dev.sluice.it.hostile;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener on all addresses of this machine that nobody has a reason to contact; it remembers who did. Thread-safe. */
final class Trap implements AutoCloseable {
    private final ServerSocket server;
    private final List<String> contacts = new CopyOnWriteArrayList<>();

    Trap() throws IOException {
        server = new ServerSocket(0);
        Thread.ofVirtual().name("trap").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    List<String> contacts() {
        return List.copyOf(contacts);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try (Socket contact = server.accept()) {
                contacts.add(String.valueOf(contact.getRemoteSocketAddress()));
            } catch (IOException gone) {
                // the trap was closed, or the one who came is gone
            }
        }
    }
}
