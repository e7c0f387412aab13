package dev.sluice.gateway.health;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts what happened, and writes it in Prometheus' text format. Thread-safe. */
public final class Metrics {
    private record Gauge(String name, String help, LongSupplier value) {}

    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder inDoubt = new LongAdder();
    private final Map<String, LongAdder> results = new ConcurrentSkipListMap<>();
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();

    public void gauge(String name, String help, LongSupplier value) {
        gauges.add(new Gauge(name, help, value));
    }

    public void received(long bytes) {
        receivedBytes.add(bytes);
    }

    public void inDoubt() {
        inDoubt.increment();
    }

    /** Takes a problem's code, or {@code stored}, {@code replayed}, {@code accepted}. */
    public void result(String code) {
        results.computeIfAbsent(code, first -> new LongAdder()).increment();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (Gauge gauge : gauges) {
            head(text, gauge.name(), gauge.help(), "gauge");
            line(text, gauge.name(), gauge.value().getAsLong());
        }
        head(text, "sluice_gateway_received_bytes_total", "Bytes of upload bodies received", "counter");
        line(text, "sluice_gateway_received_bytes_total", receivedBytes.sum());
        head(text, "sluice_gateway_in_doubt_total", "Uploads whose outcome at the store is unknown", "counter");
        line(text, "sluice_gateway_in_doubt_total", inDoubt.sum());
        head(text, "sluice_gateway_results_total", "Answered upload requests by code", "counter");
        results.forEach(
                (code, count) -> line(text, "sluice_gateway_results_total{code=\"" + code + "\"}", count.sum()));
        return text.toString();
    }

    private static void head(StringBuilder text, String name, String help, String type) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, long value) {
        text.append(name).append(' ').append(value).append('\n');
    }
}
