package dev.sluice.benchmark;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs one benchmark, prints its table and keeps the raw figures; called by {@code benchmarks/run}, which knows the names too. */
public final class BenchmarkMain {
    static final List<Benchmark> ALL = List.of(
            new RelayBenchmark(),
            new SmallFilesBenchmark(),
            new MemoryBenchmark(),
            new CompletionsBenchmark(),
            new LatencyBenchmark(),
            new StartBenchmark());
    private static final PrintStream OUT = System.out;
    private static final Duration LONGEST_UNREST = Duration.ofMinutes(2);

    private BenchmarkMain() {}

    /** {@code NAME FOLDER [--quick]}. */
    public static void main(String[] arguments) throws Exception {
        Benchmark benchmark = ALL.stream()
                .filter(each -> each.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        boolean quick = List.of(arguments).contains("--quick");
        Machine machine = Machine.atRest(quick ? Duration.ZERO : LONGEST_UNREST);
        Report report = new Report(benchmark.name());
        benchmark.run(report, quick);
        OUT.println();
        OUT.println(report.markdown());
        report.write(Path.of(arguments[1]), machine);
    }
}
