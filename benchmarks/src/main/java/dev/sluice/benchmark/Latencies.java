package dev.sluice.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

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

    double millis(double quantile) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] / 1e6;
    }

    /** Adds p50, p99 and the longest to a row. */
    void addTo(Report report, String row) {
        report.figure(row, "p50 ms", text(0.5));
        report.figure(row, "p99 ms", text(0.99));
        report.figure(row, "longest ms", text(1));
        addSample(report, row);
    }

    /** Keeps the distribution without a row. */
    void addSample(Report report, String row) {
        Map<String, String> sample = new TreeMap<>(Map.of("row", row));
        for (double quantile : new double[] {0, 0.5, 0.9, 0.95, 0.99, 0.999, 1}) {
            sample.put("p" + quantile * 100, text(quantile));
        }
        report.sample(sample);
    }

    private String text(double quantile) {
        return String.format(Locale.ROOT, "%.1f", millis(quantile));
    }
}
