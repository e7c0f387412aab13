package dev.sluice.benchmark;

import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** How much memory each open upload takes, in the gateway, in nginx and in the store. */
final class MemoryBenchmark implements Benchmark {
    private static final PrintStream OUT = System.out;
    private static final long MIB = 1 << 20;
    private static final int CHUNKED = 10;
    /** Few: memory that a process once had, it may keep. */
    private static final int WARM_UP = 20;

    private static final int SAMPLES = 3;
    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(1);

    /** Memory by its column: {@code gateway heap}, {@code gateway PSS}, … */
    private record Taken(Map<String, Double> bytes) {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String summary() {
        return "memory of gateway, nginx and store for each open upload, of known length and chunked";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        List<Integer> counts = quick ? List.of(20) : List.of(100, 500);
        Options options = Options.plain()
                .patient()
                .measured()
                .objectsIn(Objects.folder().resolve("memory"))
                .gateway("gateway.max-open-uploads=600")
                .nginx("MAX_UPLOADS", "600")
                .nginx("MAX_UPLOADS_PER_ADDRESS", "600");
        try (Stack stack = Stack.started("memory", options)) {
            stack.worker().stop();
            Way way = Way.through("Sluice", stack);
            open(report, way, WARM_UP, false);
            Taken none = open(report, way, 0, false);
            row(report, "none open", none);
            for (int count : counts) {
                Taken taken = open(report, way, count, false);
                row(report, count + " open", taken);
                each(report, "each of " + count, taken, none, count);
            }
            Taken chunked = open(report, way, CHUNKED, true);
            row(report, CHUNKED + " open, chunked", chunked);
            each(report, "each of " + CHUNKED + ", chunked", chunked, none, CHUNKED);
        }
    }

    /** Opens so many uploads, measures while they go on slowly, and drops them. */
    private static Taken open(Report report, Way way, int count, boolean chunked) throws Exception {
        List<Map<String, Double>> samples = new ArrayList<>();
        try (SlowUploads uploads = new SlowUploads(way, count, chunked)) {
            for (int i = 0; i < SAMPLES; i++) {
                Thread.sleep(BETWEEN_SAMPLES);
                samples.add(memory(way));
                uploads.check();
            }
        }
        way.processes().awaitRest();
        return taken(report, count + (chunked ? " chunked" : ""), samples);
    }

    private static Map<String, Double> memory(Way way) throws IOException, InterruptedException {
        Map<String, Double> bytes = new LinkedHashMap<>();
        for (String process : List.of(Way.GATEWAY, Way.NGINX, Way.STORE)) {
            Long pid = way.processes().pids().get(process);
            if (pid != null) {
                OptionalLong live = Jvm.liveBytes(pid);
                live.ifPresent(count -> bytes.put(process + " heap", (double) count));
                bytes.put(process + " PSS", (double)
                        way.processes().proportionalMemory().getOrDefault(process, 0L));
            }
        }
        return bytes;
    }

    /** The medians of the samples. */
    private static Taken taken(Report report, String open, List<Map<String, Double>> samples) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String column : samples.getFirst().keySet()) {
            medians.put(
                    column,
                    Statistics.median(samples.stream()
                            .map(sample -> sample.getOrDefault(column, 0.0))
                            .toList()));
        }
        for (Map<String, Double> sample : samples) {
            Map<String, String> raw = new TreeMap<>(Map.of("open", open));
            sample.forEach((column, bytes) -> raw.put(column, Statistics.text(bytes, 0)));
            report.sample(raw);
        }
        OUT.println("memory: " + open + " open: " + medians);
        return new Taken(medians);
    }

    private static void row(Report report, String row, Taken taken) {
        taken.bytes().forEach((column, bytes) -> report.figure(row, column, Statistics.text(bytes / MIB, 1) + " MiB"));
    }

    private static void each(Report report, String row, Taken taken, Taken none, int count) {
        taken.bytes()
                .forEach((column, bytes) -> report.figure(
                        row,
                        column,
                        Statistics.text((bytes - none.bytes().getOrDefault(column, 0.0)) / count / 1024, 1) + " KiB"));
    }
}
