package dev.sluice.benchmark;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
    private static final PrintStream OUT = System.out;
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final String ALL = "./run, all parts";

    @Override
    public String name() {
        return "start";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        long begun = System.nanoTime();
        try (RunningSystem system = new RunningSystem("start", "")) {
            double first = (System.nanoTime() - begun) / 1e9;
            report.figure(ALL, "first", Statistics.text(first, 2) + " s");
            report.sample(Map.of("what", ALL, "way", "first", "seconds", first));
            Parts parts = Parts.of(system);
            for (Jdk.Kept kept : Jdk.Kept.values()) {
                Jdk jdk = Jdk.in(system.data().resolve("jdk-" + kept), kept);
                together(report, system, jdk, quick ? 1 : 5);
                system.stop();
                apart(report, parts, jdk, quick ? 1 : 7);
            }
        }
    }

    /** All of {@code ./run}; the start before those that count has each JVM write what it keeps, at its end. */
    private static void together(Report report, RunningSystem system, Jdk jdk, int starts) throws IOException {
        system.environment("JAVA25_HOME", jdk.home().toString());
        system.restart();
        system.stop();
        for (String part : RunningSystem.JVMS) {
            Path cache = system.data().resolve("cache/" + part + ".jsa.aot");
            if (jdk.kept() == Jdk.Kept.AOT_CACHE && !Files.exists(cache)) {
                report.note("./run had no AOT cache of " + part + ": none was written at its end.");
            }
        }
        Latencies latencies = new Latencies(starts);
        for (int i = 0; i < starts; i++) {
            latencies.set(i, system.restart());
        }
        tabulate(report, ALL, jdk, latencies);
    }

    /** Each part beside those that it needs. */
    private static void apart(Report report, Parts parts, Jdk jdk, int starts) throws Exception {
        measure(report, jdk, parts.metadata(), starts);
        Process service = parts.metadata().start(jdk);
        Process objects = parts.store().start(jdk);
        Processes needed = new Processes(Map.of("metadata", service.pid(), "store", objects.pid()));
        try {
            needed.awaitRest(report, "gateway, " + jdk.kept().title());
            measure(report, jdk, parts.gateway(), starts);
            needed.awaitRest(report, "worker, " + jdk.kept().title());
            measure(report, jdk, parts.worker(), starts);
        } finally {
            Part.stop(objects);
            Part.stop(service);
        }
    }

    private static void measure(Report report, Jdk jdk, Part part, int starts) throws Exception {
        Part.stop(part.start(jdk));
        Latencies latencies = new Latencies(starts);
        for (int i = 0; i < starts; i++) {
            long begun = System.nanoTime();
            Process process = part.start(jdk);
            latencies.set(i, System.nanoTime() - begun);
            Part.stop(process);
        }
        tabulate(report, part.name(), jdk, latencies);
    }

    private static void tabulate(Report report, String row, Jdk jdk, Latencies latencies) {
        String text = String.format(
                Locale.ROOT, "%.2f s (to %.2f)", latencies.millis(50) / 1000, latencies.millis(100) / 1000);
        report.figure(row, jdk.kept().title(), text);
        report.sample(Map.of("what", row, "way", jdk.kept().title(), "ms", latencies.millis()));
        OUT.printf("start: %s, %s: %s%n", row, jdk.kept().title(), text);
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

    private record Parts(Part metadata, Part store, Part gateway, Part worker) {
        /** As they run now. */
        static Parts of(RunningSystem system) throws IOException {
            Set<String> boots = new HashSet<>();
            return new Parts(
                    Part.of(system, "metadata", () -> ready(system, "internal")),
                    Part.of(system, "store", () -> answers("http://127.0.0.1:" + system.port("store"), 0)),
                    Part.of(system, "gateway", () -> ready(system, "health")),
                    Part.of(system, "worker", () -> newWorker(system, boots)));
        }
    }

    /** One part, started by the words with which {@code ./run} has started it, but for its {@code java}. */
    private record Part(String name, List<String> arguments, Path log, Await.Question ready) {
        static Part of(RunningSystem system, String name, Await.Question ready) throws IOException {
            List<String> words = system.commandLine(name);
            Path log = system.data().resolve("logs/benchmark.log");
            return new Part(name, words.subList(1, words.size()), log, ready);
        }

        /** Returns when it is ready. */
        Process start(Jdk jdk) throws Exception {
            List<String> command = new ArrayList<>(List.of(jdk.java().toString()));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            long end = System.nanoTime() + LONGEST.toNanos();
            while (!ready.ask()) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    process.destroyForcibly();
                    throw new IllegalStateException(name + " did not start: " + log);
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
