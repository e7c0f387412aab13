package dev.sluice.benchmark;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Ports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What {@code ./run} starts for anybody: all parts as they are started in earnest, with a data folder of its own. */
final class RunningSystem implements AutoCloseable {
    /** Its parts that are JVMs. */
    static final List<String> JVMS = List.of("store", "metadata", "worker", "gateway", "callback");

    private static final Path RUN = Path.of("..", "run");
    /** For so long a worker's question for work stays open. */
    private static final Duration LONG_POLL = Duration.ofSeconds(20);

    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** How the bytes of an upload are sent. */
    interface Sending {
        void send(RawUpload upload, InputStream bytes) throws IOException;
    }

    private final Path data;
    private final Path objects;
    private final int port;
    private final List<String> options;
    private final Map<String, String> environment = new HashMap<>();
    private Process process;

    /**
     * Returns when it is up.
     *
     * @param userConfiguration what {@code sluice.yaml} holds; nothing for what {@code ./run} does without
     */
    RunningSystem(String name, String userConfiguration, String... options) throws IOException {
        data = Path.of("target", "systems", name + "-" + ProcessHandle.current().pid())
                .toAbsolutePath();
        port = Ports.free();
        this.options = List.of(options);
        Files.createDirectories(data);
        objects = Files.createTempDirectory(Objects.folder(), name);
        Files.createSymbolicLink(data.resolve("objects"), objects);
        if (!userConfiguration.isEmpty()) {
            Files.writeString(data.resolve("sluice.yaml"), userConfiguration);
        }
        process = started();
    }

    int port() {
        return port;
    }

    /** The port on which one of the parts listens: {@code internal}, {@code gateway}… */
    int port(String name) throws IOException {
        return Files.readAllLines(data.resolve("run/ports")).stream()
                .filter(line -> line.startsWith(name + "="))
                .mapToInt(line -> Integer.parseInt(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Path data() {
        return data;
    }

    String secret(String name) throws IOException {
        return Files.readString(data.resolve("secrets").resolve(name)).strip();
    }

    /** The bearer key of its owner. */
    String key() throws IOException {
        return Files.readString(data.resolve("metadata/keys/default.key")).strip();
    }

    /** The parts as they run now. */
    Processes processes() throws IOException {
        Map<String, Long> pids = new LinkedHashMap<>();
        for (String part : List.of("gateway", "nginx", "store", "metadata", "worker")) {
            pids.put(part, pid(part));
        }
        return new Processes(pids);
    }

    long pid(String part) throws IOException {
        String record = Files.readString(data.resolve("run").resolve(part + ".pid"));
        return Long.parseLong(record.split(" ", 2)[0]);
    }

    /** The words with which a part has been started. */
    List<String> commandLine(String part) throws IOException {
        return List.of(Files.readString(Path.of("/proc", Long.toString(pid(part)), "cmdline"))
                .split("\0"));
    }

    /** The processor time that a part has taken. */
    Duration cpu(String part) throws IOException {
        return ProcessHandle.of(pid(part))
                .flatMap(handle -> handle.info().totalCpuDuration())
                .orElseThrow();
    }

    /** A figure among the metrics of the part that listens there. */
    double metric(String portName, String metric) throws IOException {
        return Http.metric("http://127.0.0.1:" + port(portName), metric);
    }

    /**
     * Stores an object through nginx.
     *
     * @throws IllegalStateException it was not answered with 201
     */
    Answer store(String type, int length, Sending sending) throws IOException {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + key(), "Content-Type", type);
        try (RawUpload upload = new RawUpload(port, "PUT /upload/file", headers, OptionalLong.of(length))) {
            sending.send(upload, new ByteArrayInputStream(new byte[length]));
            Answer answer = upload.answer(LONGEST);
            if (answer.status() != 201) {
                throw new IllegalStateException(answer.toString());
            }
            return answer;
        }
    }

    /** What later starts find in their environment. */
    void environment(String name, String value) {
        environment.put(name, value);
    }

    /**
     * Has the worker stand still and ask for nothing more, so that it does not look for jobs of its kinds among those of another that
     * pile up.
     */
    void freezeWorker() throws IOException {
        signal("STOP");
        Await.pass(LONG_POLL);
    }

    /** Ends it in order and starts it again; says how many nanoseconds the start took. */
    long restart() throws IOException {
        stop();
        long begun = System.nanoTime();
        process = started();
        return System.nanoTime() - begun;
    }

    void stop() throws IOException {
        signal("CONT");
        process.destroy();
        process.onExit().orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Ends it and deletes all but the logs. */
    @Override
    public void close() throws IOException {
        stop();
        delete(objects);
        for (String kept : List.of("metadata", "worker", "cache", "secrets")) {
            delete(data.resolve(kept));
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void signal(String name) throws IOException {
        Path record = data.resolve("run/worker.pid");
        if (Files.exists(record)) {
            String pid = Files.readString(record).split(" ", 2)[0];
            new ProcessBuilder("kill", "-s", name, pid)
                    .inheritIO()
                    .start()
                    .onExit()
                    .join();
        }
    }

    private Process started() throws IOException {
        List<String> command = new ArrayList<>(
                List.of(RUN.toString(), "--no-install", "--no-sample", "--data", data.toString(), "--port", "" + port));
        command.addAll(options);
        Path said = data.resolve("run.log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process run =
                builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(run::destroy));
        run.getOutputStream().close();
        while (!Files.readString(said).contains("Sluice is up")) {
            if (!run.isAlive()) {
                throw new IllegalStateException("./run did not start: " + Files.readString(said));
            }
            Await.pass(Duration.ofMillis(5));
        }
        return run;
    }
}
