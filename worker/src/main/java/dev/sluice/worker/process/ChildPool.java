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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Idle child JVMs, one of them started ahead; as many live as jobs run at once, since each job takes one. Thread-safe. */
public final class ChildPool implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ChildPool.class.getName());
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Spawner spawner;
    private final BuiltInSpec spec;
    private final Path folder;
    private final Map<String, String> environment;
    private final ConcurrentLinkedDeque<ChildJvm> idle = new ConcurrentLinkedDeque<>();
    private final Set<Thread> ahead = ConcurrentHashMap.newKeySet();
    private final StartPauses pauses = new StartPauses(System::nanoTime);
    private final CountDownLatch closed = new CountDownLatch(1);

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
        Thread thread = Thread.ofVirtual().name("child-ahead").unstarted(this::fetchOne);
        ahead.add(thread);
        thread.start();
    }

    private void fetchOne() {
        try {
            giveBack(start());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (NoChildException e) {
            LOG.log(Level.DEBUG, "no child ahead: the next job tries again", e);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "child not started", e);
        } finally {
            ahead.remove(Thread.currentThread());
        }
    }

    /** An idle child, or a new one; after children that ended at their start the new one is waited for. */
    ChildJvm take() throws InterruptedException, NoChildException {
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
        if (isOpen() && child.usable(spec.jobsPerChild())) {
            idle.addFirst(child);
            if (!isOpen()) {
                closeIdle();
            }
            return;
        }
        discard(child);
    }

    /** Ends a child that died, hung or was worn out, and starts another. */
    void discard(ChildJvm child) {
        child.close();
        if (child.unused()) {
            pauses.failed(); // it ended by itself while it was idle
        }
        if (isOpen() && idle.isEmpty()) {
            startAhead();
        }
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private ChildJvm start() throws InterruptedException, NoChildException {
        for (Duration left = pauses.left(); left.isPositive(); left = pauses.left()) {
            if (closed.await(left.toNanos(), TimeUnit.NANOSECONDS)) {
                break;
            }
        }
        if (!isOpen()) {
            throw new NoChildException("stopping");
        }
        ChildJvm child = spawn();
        try {
            if (child.comesUp(LONGEST_START)) {
                pauses.succeeded();
                return child;
            }
        } catch (InterruptedException e) {
            child.close();
            throw e;
        }
        throw stillborn(child);
    }

    private NoChildException stillborn(ChildJvm child) throws InterruptedException {
        boolean ended = child.group().ended(LAST_WORDS);
        child.close();
        String reason = ended ? "exit code " + child.group().process().exitValue() : "silent for " + LONGEST_START;
        if (isOpen()) {
            pauses.failed();
            LOG.log(
                    Level.WARNING,
                    "child ended at its start retry_ms=" + pauses.left().toMillis() + " reason=" + reason + " "
                            + child.stderr().lines().findFirst().orElse(""));
        }
        return new NoChildException("no child JVM came up: " + reason);
    }

    private ChildJvm spawn() throws InterruptedException {
        List<String> argv = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + spec.heap(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-cp",
                classPath(),
                ChildMain.class.getName()));
        spec.caFile().map(Path::toString).ifPresent(argv::add);
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

    /** Returns when no child is left but those that still work a job. */
    @Override
    public void close() {
        closed.countDown();
        for (Thread starting : ahead) {
            starting.interrupt();
            await(starting);
        }
        closeIdle();
    }

    private static void await(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeIdle() {
        for (ChildJvm child = idle.pollFirst(); child != null; child = idle.pollFirst()) {
            child.close();
        }
    }
}
