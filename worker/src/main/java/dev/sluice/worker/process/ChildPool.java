package dev.sluice.worker.process;

import dev.sluice.worker.builtin.ChildMain;
import jakarta.json.Json;
import jakarta.json.spi.JsonProvider;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Idle child JVMs, one of them started ahead; as many live as jobs run at once, since each job takes one. Thread-safe. */
public final class ChildPool implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ChildPool.class.getName());

    private final Spawner spawner;
    private final BuiltInSpec spec;
    private final Path folder;
    private final Map<String, String> environment;
    private final ConcurrentLinkedDeque<ChildJvm> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    public ChildPool(Spawner spawner, BuiltInSpec spec, Path state, Map<String, String> environment) {
        this.spawner = spawner;
        this.spec = spec;
        this.environment = Map.of("PATH", environment.getOrDefault("PATH", ""), "LANG", "C.UTF-8");
        try {
            this.folder = Files.createDirectories(state.resolve("children"));
        } catch (IOException e) {
            throw new UncheckedIOException("worker.state cannot be used: " + state, e);
        }
    }

    /** Has a child ready before the first job comes. */
    public void startAhead() {
        Thread.ofVirtual().name("child-ahead").start(() -> {
            try {
                giveBack(start());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "child not started", e);
            }
        });
    }

    ChildJvm take() throws InterruptedException {
        for (ChildJvm child = idle.pollFirst(); child != null; child = idle.pollFirst()) {
            if (child.usable(spec.jobsPerChild())) {
                return child;
            }
            child.close();
        }
        return start();
    }

    /** Keeps the child for the next job, or replaces it when it has done its share. */
    void giveBack(ChildJvm child) {
        if (!closed && child.usable(spec.jobsPerChild())) {
            idle.addFirst(child);
            if (closed) {
                close();
            }
            return;
        }
        discard(child);
    }

    /** Ends a child that died, hung or was worn out, and starts another. */
    void discard(ChildJvm child) {
        child.close();
        if (!closed && idle.isEmpty()) {
            startAhead();
        }
    }

    private ChildJvm start() throws InterruptedException {
        List<String> argv = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + spec.heap(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-cp",
                classPath(),
                ChildMain.class.getName());
        Spawner.Command command = new Spawner.Command(argv, environment, folder, ProcessBuilder.Redirect.PIPE);
        return new ChildJvm(spawner.start(command));
    }

    /** Only what built-in jobs use: our own classes, the JSON interface and its implementation. */
    private static String classPath() {
        return Stream.of(ChildMain.class, Json.class, JsonProvider.provider().getClass())
                .map(ChildPool::origin)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String origin(Class<?> type) {
        return Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }

    @Override
    public void close() {
        closed = true;
        for (ChildJvm child = idle.pollFirst(); child != null; child = idle.pollFirst()) {
            child.close();
        }
    }
}
