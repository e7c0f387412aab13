package dev.sluice.benchmark;

/** One comparison, measured side by side in one run. */
interface Benchmark {
    /** As it is called on the command line. */
    String name();

    /** Measures and adds to the report; {@code quick} only shows that it works. */
    void run(Report report, boolean quick) throws Exception;
}
