package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One process of the system, which can be started, stopped, killed and frozen again and again; it keeps one log over all its lives. */
public final class Part implements AutoCloseable {
    private static final Set<Process> ALL = ConcurrentHashMap.newKeySet();
    private static final Duration START = Duration.ofMinutes(2);

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALL.forEach(Part::killTree)));
    }

    private final String name;
    private final List<String> command;
    private final Path log;
    private final BooleanSupplier ready;
    private @Nullable Process process;

    /**
     * @param command what to start; extra arguments of a start come behind
     * @param ready whether it takes requests now
     */
    Part(String name, List<String> command, Path log, BooleanSupplier ready) {
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
        this.ready = ready;
    }

    public String name() {
        return name;
    }

    public Path log() {
        return log;
    }

    /** Starts it and returns when it is ready. */
    public void start(String... extra) {
        launch(extra);
        awaitReady();
    }

    /** Starts it to end (or freeze) at halt points, which may come before it is ready. */
    public void startToHalt(String... moments) {
        launch(Stream.of(moments)
                .flatMap(moment -> Stream.of("--halt-at", moment))
                .toArray(String[]::new));
        Await.until(name + " is ready or has ended", START, () -> !alive() || ready.getAsBoolean());
    }

    /** Has it die at each of the moments, one life after another, and then live on; whoever calls sees to it that they come. */
    public void dieAtEach(List<String> moments) {
        close();
        for (String moment : moments) {
            startToHalt(moment);
            awaitEnd();
        }
        start();
    }

    /** Starts it without waiting. */
    public synchronized void launch(String... extra) {
        if (alive()) {
            throw new IllegalStateException(name + " runs already");
        }
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of(extra));
        try {
            process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process.getOutputStream().close();
            ALL.add(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void awaitReady() {
        Await.until(name + " is ready", START, () -> {
            if (!alive()) {
                throw new AssertionError(name + " ended with " + running().exitValue() + "\n" + logTail());
            }
            return ready.getAsBoolean();
        });
    }

    public boolean isReady() {
        return alive() && ready.getAsBoolean();
    }

    public synchronized boolean alive() {
        return process != null && process.isAlive();
    }

    /** With what it ended. */
    public int status() {
        return running().exitValue();
    }

    public long pid() {
        return running().pid();
    }

    public void kill9() {
        killTree(running());
        awaitEnd();
    }

    /** SIGTERM; returns when the process has ended by itself. */
    public void stop() {
        terminate();
        awaitEnd();
    }

    public void terminate() {
        running().destroy();
    }

    /** All of it: of nginx the workers too. */
    public void freeze() {
        send("STOP", withWorkers());
    }

    public void thaw() {
        send("CONT", withWorkers());
    }

    /** Sends it a signal by name; the workers of nginx hear of it from their master. */
    public void signal(String signal) {
        send(signal, Stream.of(pid()));
    }

    /** Waits for an end that somebody else brings about: a halt point, a SIGTERM. */
    public void awaitEnd() {
        Process current = running();
        Await.until(name + " has ended", START, () -> !current.isAlive());
        ALL.remove(current);
    }

    /** Waits until the process has stopped itself at a halt point. */
    public void awaitFrozen() {
        Await.until(name + " is frozen", START, () -> procState() == 'T');
    }

    public boolean isFrozen() {
        return alive() && procState() == 'T';
    }

    /** Kills what is left of it, frozen or not. */
    @Override
    public void close() {
        if (alive()) {
            kill9();
        }
    }

    /** A counter of /proc/PID/io, such as {@code write_bytes}. */
    public long io(String counter) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid() + "/io")).stream()
                    .filter(line -> line.startsWith(counter + ": "))
                    .mapToLong(line -> Long.parseLong(line.substring(counter.length() + 2)))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String logTail() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return "--- " + log + "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return "--- " + log + ": " + e;
        }
    }

    private char procState() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return 'X';
        }
    }

    private Stream<Long> withWorkers() {
        return Stream.concat(Stream.of(pid()), workers(running()).map(ProcessHandle::pid));
    }

    private void send(String signal, Stream<Long> pids) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        pids.map(Object::toString).forEach(command::add);
        try {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new AssertionError("kill -" + signal + " of " + name + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private synchronized Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }

    /** The children of nginx share its listener and must stand still and die with it; those of the worker are the worker's own affair. */
    private static Stream<ProcessHandle> workers(Process process) {
        return process.children()
                .filter(child -> child.info().command().orElse("").endsWith("nginx"));
    }

    private static void killTree(Process process) {
        List<ProcessHandle> children = workers(process).toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
