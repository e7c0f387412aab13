package dev.sluice.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Durations of numbered items in nanoseconds, each set once; by different threads, if these have ended before any is read. */
final class Latencies {
    private final long[] nanos;

    Latencies(int items) {
        nanos = new long[items];
    }

    int size() {
        return nanos.length;
    }

    void set(int number, long duration) {
        nanos[number] = duration;
    }

    /** Each of them, in the order of the items. */
    List<Double> millis() {
        return Arrays.stream(nanos).mapToObj(duration -> duration / 1e6).toList();
    }

    /** What so many percent of them do not exceed. */
    double millis(double percent) {
        return Statistics.percentile(millis(), percent);
    }

    /** Adds p50, p99 and the longest to a row, and keeps every one. */
    void addTo(Report report, String row) {
        report.figure(row, "p50 ms", Statistics.text(millis(50), 1));
        report.figure(row, "p99 ms", Statistics.text(millis(99), 1));
        report.figure(row, "longest ms", Statistics.text(millis(100), 1));
        report.sample(Map.of("row", row, "ms", millis()));
    }
}
