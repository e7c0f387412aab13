package dev.sluice.benchmark;

import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How many small files 32 clients can store in a second, and how much longer each takes than without Sluice. */
final class SmallFilesBenchmark implements Benchmark {
    private static final PrintStream OUT = System.out;
    private static final int CLIENTS = 32;
    private static final long BYTES = 100_000;
    private static final int ROUNDS = 3;
    /** The compilers take their time. */
    private static final int WARM_UPS = 3;

    private static final double NO_PACE = 0;

    /** So many uploads by 32 clients, as fast as they can or so many a second together. */
    private record Load(String name, int uploads, double pace) {}

    /** What they took on one way. */
    private record Pass(double seconds, List<Double> milliseconds, Map<String, Double> cpuMillisecondsEach) {
        double perSecond() {
            return milliseconds.size() / seconds;
        }

        double percentile(double percent) {
            return Statistics.percentile(milliseconds, percent);
        }
    }

    private final Map<String, List<Pass>> passes = new HashMap<>();

    @Override
    public String name() {
        return "small-files";
    }

    @Override
    public String summary() {
        return "100 KB from 32 clients: uploads a second, and the time that Sluice adds";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        Options options =
                Options.plain().patient().measured().objectsIn(Objects.folder().resolve("small-files"));
        try (Stack stack = Stack.started("small-files", options)) {
            stack.worker().stop();
            List<Way> ways = List.of(Way.through("Sluice", stack), Way.straight(stack));
            Load fast = new Load("as fast as they can", quick ? 200 : 2500, NO_PACE);
            for (int i = 1; i <= WARM_UPS; i++) {
                for (Way way : ways) {
                    pass(way, fast);
                }
                OUT.println("small-files: warmed up " + i + " of " + WARM_UPS);
            }
            rounds(report, ways, fast);
            double pace = Math.floor(median(fast, ways.getFirst(), Pass::perSecond) / 2);
            Load paced = new Load(
                    "at " + Statistics.text(pace, 0) + "/s together", Math.min(fast.uploads(), (int) (pace * 5)), pace);
            rounds(report, ways, paced);
            tabulate(report, fast, ways);
            tabulate(report, paced, ways);
        }
    }

    private void rounds(Report report, List<Way> ways, Load load) throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            for (Way way : ways) {
                Pass pass = pass(way, load);
                OUT.println("small-files: round " + round + " of " + ROUNDS + ", " + load.name() + ", " + way.name()
                        + ": " + raw(pass));
                Map<String, String> sample = raw(pass);
                sample.putAll(Map.of("round", Integer.toString(round), "load", load.name(), "way", way.name()));
                report.sample(sample);
                passes.computeIfAbsent(key(load, way), key -> new ArrayList<>()).add(pass);
            }
        }
    }

    private static Pass pass(Way way, Load load) throws Exception {
        List<String> heads = IntStream.range(0, load.uploads())
                .mapToObj(i -> way.head().apply(BYTES))
                .toList();
        way.processes().awaitRest();
        Map<String, Double> before = way.processes().cpuSeconds();
        long begin = System.nanoTime();
        List<Double> milliseconds = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Callable<List<Double>>> all = IntStream.range(0, CLIENTS)
                    .<Callable<List<Double>>>mapToObj(first -> () -> uploads(way, load, heads, first, begin))
                    .toList();
            for (Future<List<Double>> one : clients.invokeAll(all)) {
                milliseconds.addAll(one.get());
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Map<String, Double> cpu = new TreeMap<>(way.processes().cpuSecondsSince(before));
        cpu.replaceAll((process, used) -> used * 1000 / load.uploads());
        return new Pass(seconds, milliseconds, cpu);
    }

    /** One client's share, one after the other; a paced upload counts from the moment it was due. */
    private static List<Double> uploads(Way way, Load load, List<String> heads, int first, long begin)
            throws IOException {
        List<Double> milliseconds = new ArrayList<>();
        try (Client client = new Client(way.port())) {
            for (int i = first; i < heads.size(); i += CLIENTS) {
                long due = load.pace() > 0 ? begin + (long) (i * 1e9 / load.pace()) : System.nanoTime();
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                int status = client.send(heads.get(i), BYTES);
                if (status / 100 != 2) {
                    throw new IllegalStateException(way.name() + " answered " + status);
                }
                milliseconds.add((System.nanoTime() - due) / 1e6);
            }
        }
        return milliseconds;
    }

    private void tabulate(Report report, Load load, List<Way> ways) {
        for (Way way : ways) {
            String row = load.name() + ", " + way.name();
            report.figure(row, "uploads/s", Statistics.text(median(load, way, Pass::perSecond), 0));
            for (int percent : List.of(50, 99)) {
                double ours = median(load, way, pass -> pass.percentile(percent));
                double straight = median(load, ways.getLast(), pass -> pass.percentile(percent));
                report.figure(row, "p" + percent + " ms", Statistics.text(ours, 1));
                report.figure(row, "added p" + percent + " ms", Statistics.text(ours - straight, 1));
            }
            way.processes()
                    .pids()
                    .keySet()
                    .forEach(process -> report.figure(
                            row,
                            process + " CPU ms each",
                            Statistics.text(
                                    median(load, way, pass -> pass.cpuMillisecondsEach()
                                            .getOrDefault(process, 0.0)),
                                    2)));
        }
    }

    private double median(Load load, Way way, ToDoubleFunction<Pass> figure) {
        return Statistics.median(passes.getOrDefault(key(load, way), List.of()).stream()
                .map(figure::applyAsDouble)
                .toList());
    }

    private static String key(Load load, Way way) {
        return load.name() + ", " + way.name();
    }

    private static Map<String, String> raw(Pass pass) {
        Map<String, String> raw = new TreeMap<>();
        raw.put("uploads/s", Statistics.text(pass.perSecond(), 1));
        raw.put("p50 ms", Statistics.text(pass.percentile(50), 2));
        raw.put("p99 ms", Statistics.text(pass.percentile(99), 2));
        pass.cpuMillisecondsEach()
                .forEach((process, cpu) -> raw.put(process + " CPU ms each", Statistics.text(cpu, 3)));
        return raw;
    }
}
