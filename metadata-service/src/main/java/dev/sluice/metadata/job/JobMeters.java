package dev.sluice.metadata.job;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/** Counts ended attempts since the start, by kind and outcome. Thread-safe. */
public final class JobMeters {
    /** What is counted apart. */
    public record Series(String kind, String outcome) {}

    /** How many attempts ended so, and how long the workers say they ran. */
    public record Total(LongAdder count, LongAdder millis) {
        Total() {
            this(new LongAdder(), new LongAdder());
        }
    }

    private final Map<Series, Total> totals = new ConcurrentHashMap<>();

    void ended(String kind, Outcome outcome, long millis) {
        Total total = totals.computeIfAbsent(new Series(kind, outcome.text()), series -> new Total());
        total.count().increment();
        total.millis().add(millis);
    }

    public void forEach(BiConsumer<Series, Total> reader) {
        totals.forEach(reader);
    }
}
