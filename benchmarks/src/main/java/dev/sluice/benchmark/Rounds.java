package dev.sluice.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The rounds of one row: each is kept, the medians of those that count (from 1 on) are in the table. */
final class Rounds {
    private static final double LARGE = 100;

    private final Report report;
    private final String row;
    private final Map<String, List<Double>> counted = new LinkedHashMap<>();

    Rounds(Report report, String row) {
        this.report = report;
        this.row = row;
    }

    /** Figures by their columns, in the order of these. */
    void add(int round, SequencedMap<String, Double> figures) {
        Map<String, Object> sample = new HashMap<>(figures);
        sample.putAll(Map.of("row", row, "round", round));
        report.sample(sample);
        if (round > 0) {
            figures.forEach((column, value) -> {
                List<Double> values = counted.computeIfAbsent(column, key -> new ArrayList<>());
                values.add(value);
                double median = Statistics.median(values);
                report.figure(row, column, Statistics.text(median, median < LARGE ? 2 : 0));
            });
        }
    }
}
