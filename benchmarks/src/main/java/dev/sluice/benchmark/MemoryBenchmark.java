package dev.sluice.benchmark;

import dev.sluice.it.stack.Jvm;
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
    /** As many as half of the gateway's heap holds. */
    private static final int CHUNKED = 24;
    /** {@code gateway.part-size} by default. */
    private static final long PART_BUFFER = 5 * MIB;
    /** Few: memory that a process once had, it may keep. */
    private static final int WARM_UP = 20;

    private static final int SAMPLES = 3;
    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(1);
    private static final String HEAP = Way.GATEWAY + " heap";

    /** Memory by its column: {@code gateway heap}, {@code gateway PSS}, … */
    private record Taken(Map<String, Double> bytes) {}

    /** So many uploads at once. */
    private record Load(int count, boolean chunked) {
        String name() {
            return count + (chunked ? " chunked" : "");
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        List<Load> loads = quick
                ? List.of(new Load(20, false), new Load(5, true))
                : List.of(new Load(100, false), new Load(500, false), new Load(CHUNKED, true));
        buffers(report, "64 KiB", List.of(), loads);
        buffers(report, "16 KiB", List.of("gateway.buffer-size=16384"), loads);
    }

    /** All clients are one owner at one address: their ceilings are lifted. */
    private static void buffers(Report report, String size, List<String> settings, List<Load> loads) throws Exception {
        Options options = Options.measured()
                .objectsIn(Objects.folder().resolve("memory"))
                .gateway(
                        "gateway.max-open-uploads=600",
                        "gateway.address-share=100",
                        "gateway.owner-share=100",
                        "gateway.client-share=100")
                .gateway("gateway.part-buffers=" + CHUNKED)
                .gateway(settings.toArray(String[]::new))
                .nginx("MAX_UPLOADS", "600")
                .nginx("MAX_UPLOADS_PER_ADDRESS", "600");
        try (Stack stack = Stack.started("memory", options)) {
            stack.worker().stop();
            Way way = Way.through("Sluice", stack);
            String before = "buffers of " + size + ": ";
            open(report, way, before + "warm-up", new Load(WARM_UP, false));
            for (Load load : loads) {
                Taken none = open(report, way, before + "none, before " + load.name(), new Load(0, false));
                row(report, before + "none, before " + load.name(), none);
                Taken taken = open(report, way, before + load.name(), load);
                row(report, before + load.name() + " open", taken);
                each(report, before + "each of " + load.name(), taken, none, load);
            }
        }
    }

    /** Opens so many uploads, measures while they go on slowly, and drops them. */
    private static Taken open(Report report, Way way, String what, Load load) throws Exception {
        way.processes().awaitRest(report, what);
        List<Map<String, Double>> samples = new ArrayList<>();
        try (SlowUploads uploads = new SlowUploads(way, load.count(), load.chunked())) {
            for (int i = 0; i < SAMPLES; i++) {
                Thread.sleep(BETWEEN_SAMPLES);
                uploads.check();
                samples.add(memory(way));
                long open = way.stack().gatewayGauge("sluice_gateway_open_uploads");
                if (open != load.count()) {
                    throw new IllegalStateException(load.name() + ": " + open + " are open");
                }
            }
        }
        return taken(report, what, samples);
    }

    private static Map<String, Double> memory(Way way) throws IOException {
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
    private static Taken taken(Report report, String what, List<Map<String, Double>> samples) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String column : samples.getFirst().keySet()) {
            medians.put(
                    column,
                    Statistics.median(samples.stream()
                            .map(sample -> sample.getOrDefault(column, 0.0))
                            .toList()));
        }
        for (Map<String, Double> sample : samples) {
            Map<String, Object> raw = new TreeMap<>(sample);
            raw.put("open", what);
            report.sample(raw);
        }
        OUT.println("memory: " + what + ": " + medians);
        return new Taken(medians);
    }

    private static void row(Report report, String row, Taken taken) {
        taken.bytes().forEach((column, bytes) -> report.figure(row, column, Statistics.text(bytes / MIB, 1) + " MiB"));
    }

    private static void each(Report report, String row, Taken taken, Taken none, Load load) {
        taken.bytes().forEach((column, bytes) -> {
            double each = (bytes - none.bytes().getOrDefault(column, 0.0)) / load.count();
            report.figure(row, column, kibibytes(each));
            if (column.equals(HEAP)) {
                report.figure(
                        row, HEAP + " beyond a part buffer", kibibytes(each - (load.chunked() ? PART_BUFFER : 0)));
            }
        });
    }

    private static String kibibytes(double bytes) {
        return Statistics.text(bytes / 1024, 1) + " KiB";
    }
}
