package dev.sluice.benchmark;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How soon each part is ready after its start, with and without what JVMs can keep from one start for the next; and all of {@code ./run}. */
final class StartBenchmark implements Benchmark {
    /** What a JVM keeps for later starts, and by which options; {@code @} stands for a file that belongs to the part. */
    private record Way(String title, List<String> first, List<String> later) {}

    private static final List<String> ARCHIVE = List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=@.jsa");
    private static final String RUN = "class archive (./run)";
    private static final List<Way> WAYS = List.of(
            new Way("JDK alone", List.of(), List.of()),
            new Way(RUN, ARCHIVE, ARCHIVE),
            new Way("AOT cache", List.of("-XX:AOTCacheOutput=@.aot"), List.of("-XX:AOTCache=@.aot")));

    private static final PrintStream OUT = System.out;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String summary() {
        return "start of each part and of ./run until ready, with and without an AOT cache";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        int starts = quick ? 1 : 7;
        long begun = System.nanoTime();
        try (RunningSystem system = new RunningSystem("start", "")) {
            report.figure("./run, all parts", "first", text(System.nanoTime() - begun));
            Latencies warm = new Latencies(quick ? 1 : 5);
            for (int i = 0; i < warm.size(); i++) {
                warm.set(i, system.restart());
            }
            report.figure("./run, all parts", RUN, summary(warm));
            OUT.printf("./run warm: %s%n", summary(warm));
            system.stop();
            parts(report, system, starts);
        }
    }

    /** Each part beside those that it needs. */
    private static void parts(Report report, RunningSystem system, int starts) throws Exception {
        Part metadata = Part.ours(system, "metadata-service", "192m", () -> ready(system, "internal"));
        measure(report, metadata, starts);
        Process service = metadata.start(ARCHIVE);
        Process store = Part.store(system, () -> answers("http://127.0.0.1:" + system.port("store"), 0))
                .start(List.of());
        try {
            measure(report, Part.ours(system, "gateway", "256m", () -> ready(system, "health")), starts);
            Set<String> boots = new HashSet<>();
            measure(report, Part.ours(system, "worker", "128m", () -> newWorker(system, boots)), starts);
        } finally {
            Part.stop(store);
            Part.stop(service);
        }
    }

    private static void measure(Report report, Part part, int starts) throws Exception {
        for (Way way : WAYS) {
            Part.stop(part.start(way.first())); // at its end it writes what later starts take
            Latencies latencies = new Latencies(starts);
            for (int i = 0; i < starts; i++) {
                long begun = System.nanoTime();
                Process process = part.start(way.later());
                latencies.set(i, System.nanoTime() - begun);
                Part.stop(process);
            }
            report.figure(part.module(), way.title(), summary(latencies));
            latencies.addSample(report, part.module() + ", " + way.title());
            OUT.printf("%s, %s: %s%n", part.module(), way.title(), summary(latencies));
        }
    }

    private static boolean ready(RunningSystem system, String port) throws IOException {
        return answers("http://127.0.0.1:" + system.port(port) + "/health/ready", 200);
    }

    /** Whether the answer has this status; 0 for any. */
    private static boolean answers(String url, int status) {
        try {
            int answered = Http.get(url, Map.of()).status();
            return status == 0 || answered == status;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** A worker listens nowhere: it is ready when the metadata service knows a boot that was not there before. */
    private static boolean newWorker(RunningSystem system, Set<String> boots) throws IOException {
        try {
            var answer = Http.get(
                    "http://127.0.0.1:" + system.port("internal") + "/internal/workers",
                    Map.of("Authorization", "Bearer " + system.secret("worker.token")));
            return answer.json().getJsonArray("workers").stream()
                            .map(worker -> worker.asJsonObject().getString("boot"))
                            .filter(boots::add)
                            .count()
                    > 0;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    private static String summary(Latencies latencies) {
        return String.format(Locale.ROOT, "%.2f s (to %.2f)", latencies.millis(0.5) / 1000, latencies.millis(1) / 1000);
    }

    private static String text(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /** One part, started as {@code ./run} starts it but for what its JVM keeps. */
    private record Part(RunningSystem system, String module, String heap, List<String> program, Await.Question ready) {
        static Part ours(RunningSystem system, String module, String heap, Await.Question ready) {
            Path data = system.data();
            List<String> program = List.of(
                    "-Djdk.virtualThreadScheduler.parallelism=8",
                    "-Dorg.sqlite.tmpdir=" + data.resolve("cache"),
                    "-jar",
                    "../" + module + "/target/" + module + ".jar",
                    "--config",
                    data.resolve("sluice.yaml").toString(),
                    "--config",
                    data.resolve("config/run.yaml").toString());
            return new Part(system, module, heap, program, ready);
        }

        static Part store(RunningSystem system, Await.Question ready) {
            String properties =
                    system.data().resolve("config/s3proxy.properties").toString();
            List<String> program = List.of(
                    "-Dlogback.configurationFile=../embedded-store/logback.xml",
                    "-cp",
                    "../embedded-store/target/lib/*",
                    "org.gaul.s3proxy.Main",
                    "--properties",
                    properties);
            return new Part(system, "store", "256m", program, ready);
        }

        /** Returns when it is ready. */
        Process start(List<String> kept) throws Exception {
            Path data = system.data();
            Path file = data.resolve("cache").resolve("benchmark-" + module);
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx" + heap,
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Xlog:disable",
                    "--enable-native-access=ALL-UNNAMED"));
            kept.forEach(option -> command.add(option.replace("@", file.toString())));
            command.addAll(program);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            data.resolve("logs/benchmark.log").toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            long end = System.nanoTime() + LONGEST.toNanos();
            while (!ready.ask()) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    process.destroyForcibly();
                    throw new IllegalStateException(module + " did not start: " + data.resolve("logs/benchmark.log"));
                }
                Await.pass(Duration.ofMillis(2));
            }
            return process;
        }

        static void stop(Process process) {
            process.destroy();
            process.onExit().orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS).join();
        }
    }
}
