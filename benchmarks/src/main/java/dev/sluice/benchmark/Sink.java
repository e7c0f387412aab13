package dev.sluice.benchmark;

import dev.sluice.it.stack.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;

/** The process of {@link SinkMain}. */
final class Sink implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(20);

    private final int port = Ports.free();
    private final Process process;

    /** Returns when it takes connections. */
    Sink() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        ownJar(),
                        SinkMain.class.getName(),
                        Integer.toString(port))
                .inheritIO()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        long end = System.nanoTime() + LONGEST_START.toNanos();
        while (!listens()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("the sink does not start");
            }
        }
    }

    /** The jar of the benchmarks, with all that it needs on its class path. */
    static String ownJar() {
        return Path.of("target", "benchmarks.jar").toAbsolutePath().toString();
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
