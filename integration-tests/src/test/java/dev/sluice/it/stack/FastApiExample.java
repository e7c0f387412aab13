package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code examples/fastapi}, started by its one command: the application, Sluice, and the nginx in front of both. */
public final class FastApiExample implements AutoCloseable {
    private static final Path HOME = Programs.root().resolve("examples/fastapi");
    private static final Path VENV = Path.of("target", "fastapi-venv").toAbsolutePath();
    private static final long INSTALL_MINUTES = 10;

    private final int port = Ports.free();
    private final int applicationPort = Ports.free();
    private final int sluicePort = Ports.free();
    private final Path folder = Path.of(
                    "target", "stacks", "fastapi-" + ProcessHandle.current().pid())
            .toAbsolutePath();
    private final Part part;

    public FastApiExample() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        part = new Part(
                "fastapi",
                List.of(
                        "env",
                        "VENV=" + VENV,
                        "DATA=" + data(),
                        "APP_PORT=" + applicationPort,
                        "SLUICE_PORT=" + sluicePort,
                        HOME.resolve("start").toString(),
                        Integer.toString(port)),
                folder.resolve("start.log"),
                () -> Http.status(url() + "/health") == 200 && log().contains("Open " + url()));
    }

    /** Whether its Python packages are here now; without Python, or without a registry, they are not. */
    public static boolean installed() {
        if (!Programs.has("python3")) {
            return false;
        }
        try {
            return run("python3", "-m", "venv", VENV.toString())
                    && run(
                            VENV.resolve("bin/pip").toString(),
                            "install",
                            "--quiet",
                            "--disable-pip-version-check",
                            "--requirement",
                            HOME.resolve("requirements.txt").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public void start() {
        part.start();
    }

    /** Where its nginx listens. */
    public int port() {
        return port;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The application itself, without the nginx that is in front of it. */
    public String applicationUrl() {
        return "http://127.0.0.1:" + applicationPort;
    }

    public int applicationPort() {
        return applicationPort;
    }

    /** Sluice itself, without it. */
    public String sluiceUrl() {
        return "http://127.0.0.1:" + sluicePort;
    }

    public int sluicePort() {
        return sluicePort;
    }

    /** Where all is that it makes. */
    public Path data() {
        return folder.resolve("data");
    }

    /** Where Sluice's own files are. */
    public Path sluice() {
        return data().resolve("sluice");
    }

    /** Starts another one beside it, with other ports and another folder but for what is named here, until it ends by itself. */
    public Ended another(int port, Map<String, String> changed) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "VENV", VENV.toString(),
                "DATA", folder.resolve("other").toString(),
                "APP_PORT", Integer.toString(Ports.free()),
                "SLUICE_PORT", Integer.toString(Ports.free())));
        environment.putAll(changed);
        return Ended.of(
                folder.resolve("other.log"), environment, HOME.resolve("start").toString(), Integer.toString(port));
    }

    /** All that it has said. */
    public String log() {
        try {
            return Files.exists(part.log()) ? Files.readString(part.log()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it in order and deletes what it kept. */
    @Override
    public void close() throws IOException {
        if (part.alive()) {
            part.stop();
        }
        for (Path made : List.of(data(), folder.resolve("other"))) {
            if (Files.exists(made)) {
                try (Stream<Path> files = Files.walk(made)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }
}
