package dev.sluice.benchmark;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Runs one benchmark, prints its table and keeps the raw figures; called by {@code benchmarks/run}. */
public final class BenchmarkMain {
    private static final List<Benchmark> ALL =
            List.of(new RelayBenchmark(), new SmallFilesBenchmark(), new MemoryBenchmark());
    private static final PrintStream OUT = System.out;

    private BenchmarkMain() {}

    /** {@code NAME FOLDER [--quick]}; without arguments the names. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2) {
            ALL.forEach(benchmark -> OUT.printf("  %-14s %s%n", benchmark.name(), benchmark.summary()));
            return;
        }
        Benchmark benchmark = ALL.stream()
                .filter(each -> each.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no benchmark is called " + arguments[0]));
        boolean quick = List.of(arguments).contains("--quick");
        Machine machine = Machine.now();
        Report report = new Report(benchmark.name());
        benchmark.run(report, quick);
        OUT.println();
        OUT.println(report.markdown());
        report.write(Path.of(arguments[1]), machine);
    }
}
