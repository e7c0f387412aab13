package dev.sluice.benchmark;

import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** CPU seconds for each GiB that passes, of every process on its way, beside the ways that others take. */
final class RelayBenchmark implements Benchmark {
    private static final PrintStream OUT = System.out;
    private static final long MIB = 1 << 20;
    private static final double GIB = 1 << 30;
    private static final int ROUNDS = 5;
    private static final int FEWEST_ROUNDS = 3;
    private static final Duration LONGEST = Duration.ofSeconds(280);
    private static final String SDK_GATEWAY = "dev.sluice.gateway.SdkGatewayMain";
    private static final String SINK_GATEWAY = "dev.sluice.gateway.SinkGatewayMain";
    /** With the heap of the others it dies of 32 uploads: it holds a part of each, in a buffer that grows by doubling. */
    private static final int SDK_HEAP_MB = 768;

    /** So many uploads at once, of so many bytes each. */
    private record Load(String name, int clients, long bytes) {
        double gib() {
            return clients * bytes / GIB;
        }
    }

    /** What one load cost on one way. */
    private record Cost(double wallSeconds, Map<String, Double> cpuSecondsPerGib) {}

    private final Map<String, List<Cost>> costs = new HashMap<>();

    @Override
    public String name() {
        return "relay";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        List<Load> loads = quick
                ? List.of(new Load("64 MiB", 1, 64 * MIB), new Load("8 × 8 MiB", 8, 8 * MIB))
                : List.of(new Load("1 GiB", 1, 1024 * MIB), new Load("32 × 50 MiB", 32, 50 * MIB));
        Options plain = Options.measured();
        Path objects = Objects.folder();
        try (Sink sink = new Sink();
                Stack ours = started("relay-sluice", plain.objectsIn(objects.resolve("sluice")));
                Stack sdk = started(
                        "relay-sdk",
                        plain.objectsIn(objects.resolve("sdk"))
                                .gatewayProgram("-cp", Sink.ownJar(), SDK_GATEWAY)
                                .withGatewayHeap(SDK_HEAP_MB));
                Stack copy = started(
                        "relay-copy",
                        plain.objectsIn(objects.resolve("copy"))
                                .gatewayProgram("-cp", Sink.ownJar(), SINK_GATEWAY, Integer.toString(sink.port())))) {
            List<Way> ways = List.of(
                    Way.through("Sluice", ours),
                    Way.through("SDK putObject in the gateway", sdk),
                    Way.through("plain copy into a sink", copy).with(Way.STORE, sink.pid()),
                    Way.straight(ours));
            rounds(report, ways, loads, quick ? 1 : ROUNDS);
            loads.forEach(load -> tabulate(report, load, ways));
        }
    }

    /** Nobody reads the objects back meanwhile: the jobs wait. */
    private static Stack started(String name, Options options) {
        Stack stack = Stack.started(name, options);
        stack.worker().stop();
        return stack;
    }

    /** Each round takes the ways in another order; the first one warms up. */
    private void rounds(Report report, List<Way> ways, List<Load> loads, int rounds) throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        List<Way> order = new ArrayList<>(ways);
        for (int round = 0; round <= rounds && (round <= FEWEST_ROUNDS || System.nanoTime() < end); round++) {
            for (Load load : loads) {
                for (Way way : order) {
                    Cost cost = cost(report, round, way, load);
                    Objects.removeAll(way.stack());
                    OUT.println("relay: round " + round + " of " + rounds + ", " + load.name() + ", " + way.name()
                            + ": " + Statistics.text(cost.wallSeconds(), 2) + " s, CPU s/GiB "
                            + cost.cpuSecondsPerGib());
                    report.sample(raw(round, load, way, cost));
                    if (round > 0) {
                        costs.computeIfAbsent(key(load, way), key -> new ArrayList<>())
                                .add(cost);
                    }
                }
            }
            Collections.rotate(order, 1);
        }
    }

    private static Cost cost(Report report, int round, Way way, Load load) throws Exception {
        List<String> heads = new ArrayList<>();
        for (int i = 0; i < load.clients(); i++) {
            heads.add(way.head().apply(load.bytes()));
        }
        way.processes().awaitRest(report, load.name() + ", " + way.name() + ", round " + round);
        Map<String, Double> before = way.processes().cpuSeconds();
        long begin = System.nanoTime();
        try (ExecutorService clients = Executors.newFixedThreadPool(load.clients())) {
            List<Callable<Integer>> uploads = heads.stream()
                    .<Callable<Integer>>map(head -> () -> upload(way, head, load.bytes()))
                    .toList();
            for (Future<Integer> status : clients.invokeAll(uploads)) {
                if (status.get() / 100 != 2) {
                    throw new IllegalStateException(way.name() + " answered " + status.get());
                }
            }
        }
        double wall = (System.nanoTime() - begin) / 1e9;
        Map<String, Double> cpu = new TreeMap<>(way.processes().cpuSecondsSince(before));
        cpu.replaceAll((process, seconds) -> seconds / load.gib());
        return new Cost(wall, cpu);
    }

    private static int upload(Way way, String head, long bytes) throws IOException {
        try (Client client = new Client(way.port())) {
            return client.send(head, bytes);
        }
    }

    private void tabulate(Report report, Load load, List<Way> ways) {
        double ours = median(load, ways.getFirst(), Way.GATEWAY);
        for (Way way : ways) {
            String row = load.name() + ", " + way.name();
            for (String process : List.of(Way.GATEWAY, Way.NGINX, Way.STORE)) {
                if (way.processes().pids().containsKey(process)) {
                    report.figure(row, process + " CPU s/GiB", Statistics.text(median(load, way, process), 2));
                }
            }
            double wall = Statistics.median(
                    costs(load, way).stream().map(Cost::wallSeconds).toList());
            report.figure(row, "MiB/s", Statistics.text(load.gib() * 1024 / wall, 0));
            if (way.processes().pids().containsKey(Way.GATEWAY)) {
                double ratio = ours / median(load, way, Way.GATEWAY);
                report.figure(row, "Sluice's gateway : this one", Statistics.text(ratio, 2));
            }
        }
    }

    private double median(Load load, Way way, String process) {
        return Statistics.median(costs(load, way).stream()
                .map(cost -> cost.cpuSecondsPerGib().getOrDefault(process, 0.0))
                .toList());
    }

    private List<Cost> costs(Load load, Way way) {
        return costs.getOrDefault(key(load, way), List.of());
    }

    private static String key(Load load, Way way) {
        return load.name() + ", " + way.name();
    }

    private static Map<String, Object> raw(int round, Load load, Way way, Cost cost) {
        Map<String, Object> raw = new HashMap<>(Map.of(
                "round", round,
                "load", load.name(),
                "way", way.name(),
                "wall s", cost.wallSeconds()));
        cost.cpuSecondsPerGib().forEach((process, seconds) -> raw.put(process + " CPU s/GiB", seconds));
        return raw;
    }
}
