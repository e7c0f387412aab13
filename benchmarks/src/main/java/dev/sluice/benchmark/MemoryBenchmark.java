package dev.sluice.benchmark;

import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
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
    private static final long FIRST_BYTES = 3 * MIB;
    private static final long DECLARED = 16 * MIB;
    private static final long DROP = 16 << 10;
    private static final int CHUNKED = 10;
    private static final int DROPS = 3;
    private static final long BETWEEN_DROPS_MS = 1000;

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
            Taken warmUp = open(report, way, counts.getLast(), false);
            OUT.println("memory: " + warmUp.bytes().size() + " figures while warming up");
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

    /** Opens so many uploads, keeps them going slowly, measures, and drops them. */
    private static Taken open(Report report, Way way, int count, boolean chunked) throws Exception {
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Client client = new Client(way.port());
                clients.add(client);
                client.begin(chunked ? inChunks(way) : way.head().apply(DECLARED));
                drop(client, FIRST_BYTES, chunked);
            }
            List<Map<String, Double>> samples = new ArrayList<>();
            for (int i = 0; i < DROPS; i++) {
                for (Client client : clients) {
                    drop(client, DROP, chunked);
                }
                Thread.sleep(BETWEEN_DROPS_MS);
                samples.add(memory(way));
            }
            return taken(report, count + (chunked ? " chunked" : ""), samples);
        } finally {
            for (Client client : clients) {
                client.close();
            }
            way.processes().awaitRest();
        }
    }

    private static String inChunks(Way way) {
        return way.head().apply(DECLARED).replaceFirst("Content-Length: \\d+", "Transfer-Encoding: chunked");
    }

    private static void drop(Client client, long bytes, boolean chunked) throws IOException {
        if (chunked) {
            client.begin(Long.toHexString(bytes) + "\r\n");
        }
        client.write(bytes);
        if (chunked) {
            client.begin("\r\n");
        }
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
