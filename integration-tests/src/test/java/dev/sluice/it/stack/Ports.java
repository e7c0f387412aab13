package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback ports for parts that start more than once: below those that the system gives to outgoing connections, and each given
 * once among all test processes of this machine by a lock that ends with the process.
 */
public final class Ports {
    private static final int LOWEST = 10_000;
    private static final int BEYOND = 20_000;
    private static final Path LOCKS =
            Path.of(System.getProperty("java.io.tmpdir"), "sluice-ports-" + System.getProperty("user.name"));
    private static final Map<Integer, FileLock> GIVEN = new HashMap<>();

    private Ports() {}

    public static synchronized int free() {
        try {
            Files.createDirectories(LOCKS);
            while (true) {
                int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
                if (!GIVEN.containsKey(port) && reserve(port)) {
                    return port;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean open(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean reserve(int port) throws IOException {
        FileChannel file = FileChannel.open(
                LOCKS.resolve(Integer.toString(port)), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock();
        if (lock == null || !bindable(port)) {
            file.close();
            return false;
        }
        GIVEN.put(port, lock);
        return true;
    }

    private static boolean bindable(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
