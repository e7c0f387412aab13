package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The project's own {@code ./run}, with a data folder and a port of its own. */
public final class RunScript implements AutoCloseable {
    private final int port = Ports.free();
    private final Path folder =
            Path.of("target", "stacks", "run-" + ProcessHandle.current().pid()).toAbsolutePath();
    private final Part part;
    private int saidBefore;

    public RunScript() {
        make(folder);
        part = new Part(
                "run",
                command(List.of("--data", data().toString(), "--port", Integer.toString(port))),
                folder.resolve("run.log"),
                () -> Http.status(url() + "/health/ready") == 200
                        && output().substring(saidBefore).contains("Sluice is up"));
    }

    public int port() {
        return port;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public Path data() {
        return folder.resolve("data");
    }

    /** A second data folder, not of plain letters alone. */
    public Path otherData() {
        return folder.resolve("öther dätä");
    }

    /** The one that stays up, to be started and stopped. */
    public Part part() {
        return part;
    }

    /** Kills the one that stays up, and nothing else of it, and starts it anew. */
    public void killAndStart() {
        part.kill9();
        saidBefore = output().length();
        part.start();
    }

    /** What the one that stays up has said. */
    public String output() {
        return read(part.log());
    }

    /** Runs it with these options alone until it ends by itself. */
    public Ended ended(String... options) {
        return endedWith(Map.of(), options);
    }

    /** The same with some variables of its environment changed. */
    public Ended endedWith(Map<String, String> environment, String... options) {
        return Ended.of(
                folder.resolve("ended.log"),
                environment,
                command(List.of(options)).toArray(String[]::new));
    }

    /** The processes that it has on record as running. */
    public List<ProcessHandle> parts() {
        try (Stream<Path> files = Files.list(data().resolve("run"))) {
            return files.filter(file -> file.toString().endsWith(".pid"))
                    .flatMap(file -> handle(file).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<ProcessHandle> part(String name) {
        return handle(data().resolve("run").resolve(name + ".pid"));
    }

    /** Ends it, orderly if it can, and deletes all but its logs. */
    @Override
    public void close() throws IOException {
        if (part.alive()) {
            part.stop();
        }
        for (Path data : List.of(data(), otherData())) {
            for (String kept : List.of("objects", "sample", "metadata", "cache", "worker", "secrets")) {
                delete(data.resolve(kept));
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Optional<ProcessHandle> handle(Path record) {
        try {
            return ProcessHandle.of(
                    Long.parseLong(Files.readString(record).strip().split(" ", 2)[0]));
        } catch (IOException | NumberFormatException gone) {
            return Optional.empty();
        }
    }

    private static List<String> command(List<String> options) {
        List<String> command =
                new ArrayList<>(List.of(Programs.root().resolve("run").toString(), "--no-install"));
        command.addAll(options);
        return command;
    }

    private static String read(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
