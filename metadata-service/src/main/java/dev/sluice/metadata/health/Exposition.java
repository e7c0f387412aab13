package dev.sluice.metadata.health;

import java.util.Map;
import java.util.TreeMap;

/** Prometheus text (format 0.0.4) while it is written: the samples of a metric are kept together under its type. */
final class Exposition {
    private final Map<String, StringBuilder> metrics = new TreeMap<>();

    void gauge(String name, String labels, double value) {
        add(name, "gauge", labels, value);
    }

    void counter(String name, String labels, double value) {
        add(name, "counter", labels, value);
    }

    /** Names and values in turn. */
    static String labels(String... pairs) {
        StringBuilder labels = new StringBuilder("{");
        for (int i = 0; i < pairs.length; i += 2) {
            labels.append(i == 0 ? "" : ",").append(pairs[i]).append("=\"");
            labels.append(
                    pairs[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
            labels.append('"');
        }
        return labels.append('}').toString();
    }

    private void add(String name, String type, String labels, double value) {
        metrics.computeIfAbsent(name, key -> new StringBuilder("# TYPE " + name + ' ' + type + '\n'))
                .append(name)
                .append(labels)
                .append(' ')
                .append(value)
                .append('\n');
    }

    String text() {
        return String.join("", metrics.values());
    }
}
