package dev.sluice.benchmark;

import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** How many small files 32 clients can store in a second, and how much longer each takes than without Sluice. */
final class SmallFilesBenchmark implements Benchmark {
    private static final PrintStream OUT = System.out;
    private static final int CLIENTS = 32;
    private static final long BYTES = 100_000;
    /** Even: each way comes first as often as the other. */
    private static final int ROUNDS = 4;
    /** The compilers take their time. */
    private static final int WARM_UPS = 3;

    private static final double NO_PACE = 0;

    /** So many uploads by 32 clients, as fast as they can or so many a second together. */
    private record Pace(String name, int uploads, double perSecond) {
        Load.Passed pass(Load.Clients clients) throws Exception {
            return perSecond > 0
                    ? Load.open(CLIENTS, uploads, perSecond, clients)
                    : Load.closed(CLIENTS, uploads, clients);
        }
    }

    /** What they took on one way. */
    private record Pass(Load.Passed load, Map<String, Double> cpuMillisecondsEach) {
        double percentile(double percent) {
            return load.latencies().millis(percent);
        }
    }

    private final Map<String, List<Pass>> passes = new HashMap<>();

    @Override
    public String name() {
        return "small-files";
    }

    @Override
    public void run(Report report, boolean quick) throws Exception {
        Options options = Options.measured().objectsIn(Objects.folder().resolve("small-files"));
        try (Stack stack = Stack.started("small-files", options)) {
            stack.worker().stop();
            List<Way> ways = List.of(Way.through("Sluice", stack), Way.straight(stack));
            Pace fast = new Pace("as fast as they can", quick ? 200 : 2500, NO_PACE);
            rounds(report, ways, fast, 1 - WARM_UPS);
            double half =
                    Math.floor(median(fast, ways.getFirst(), pass -> pass.load().perSecond()) / 2);
            Pace paced = new Pace(
                    "at " + Statistics.text(half, 0) + "/s together", Math.min(fast.uploads(), (int) (half * 5)), half);
            rounds(report, ways, paced, 1);
            tabulate(report, fast, ways);
            tabulate(report, paced, ways);
        }
    }

    /** The ways take turns, each round in the other order; those before round 1 warm up. */
    private void rounds(Report report, List<Way> ways, Pace pace, int first) throws Exception {
        for (int round = first; round <= ROUNDS; round++) {
            for (Way way : round % 2 == 0 ? ways.reversed() : ways) {
                Pass pass = pass(report, way, pace, round);
                OUT.printf(
                        "small-files: round %d of %d, %s, %s: %.0f/s, p50 %.1f ms%n",
                        round, ROUNDS, pace.name(), way.name(), pass.load().perSecond(), pass.percentile(50));
                Map<String, Object> sample =
                        new TreeMap<>(Map.of("round", round, "load", pace.name(), "way", way.name()));
                sample.put("uploads/s", pass.load().perSecond());
                sample.put("ms", pass.load().latencies().millis());
                pass.cpuMillisecondsEach().forEach((process, cpu) -> sample.put(process + " CPU ms each", cpu));
                report.sample(sample);
                if (round > 0) {
                    passes.computeIfAbsent(key(pace, way), key -> new ArrayList<>())
                            .add(pass);
                }
            }
        }
    }

    private static Pass pass(Report report, Way way, Pace pace, int round) throws Exception {
        List<String> heads = IntStream.range(0, pace.uploads())
                .mapToObj(i -> way.head().apply(BYTES))
                .toList();
        way.processes().awaitRest(report, pace.name() + ", " + way.name() + ", round " + round);
        Map<String, Double> before = way.processes().cpuSeconds();
        Load.Passed passed = pace.pass(() -> uploading(way, heads));
        Map<String, Double> cpu = new TreeMap<>(way.processes().cpuSecondsSince(before));
        cpu.replaceAll((process, used) -> used * 1000 / pace.uploads());
        return new Pass(passed, cpu);
    }

    private static Load.Client uploading(Way way, List<String> heads) {
        Client client = new Client(way.port());
        return Load.Client.over(client, number -> {
            int status = client.send(heads.get(number), BYTES);
            if (status / 100 != 2) {
                throw new IllegalStateException(way.name() + " answered " + status);
            }
        });
    }

    private void tabulate(Report report, Pace pace, List<Way> ways) {
        for (Way way : ways) {
            String row = pace.name() + ", " + way.name();
            report.figure(
                    row,
                    "uploads/s",
                    Statistics.text(median(pace, way, pass -> pass.load().perSecond()), 0));
            for (int percent : List.of(50, 99)) {
                double ours = median(pace, way, pass -> pass.percentile(percent));
                double straight = median(pace, ways.getLast(), pass -> pass.percentile(percent));
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
                                    median(pace, way, pass -> pass.cpuMillisecondsEach()
                                            .getOrDefault(process, 0.0)),
                                    2)));
        }
    }

    private double median(Pace pace, Way way, ToDoubleFunction<Pass> figure) {
        return Statistics.median(passes.getOrDefault(key(pace, way), List.of()).stream()
                .map(figure::applyAsDouble)
                .toList());
    }

    private static String key(Pace pace, Way way) {
        return pace.name() + ", " + way.name();
    }
}
