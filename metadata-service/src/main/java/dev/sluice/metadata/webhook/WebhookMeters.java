package dev.sluice.metadata.webhook;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/** Counts the records of notifications since the start, by what became of them. Thread-safe. */
public final class WebhookMeters {
    private final Map<Outcome, LongAdder> totals = new EnumMap<>(Outcome.class);

    public WebhookMeters() {
        for (Outcome outcome : Outcome.values()) {
            totals.put(outcome, new LongAdder());
        }
    }

    void took(List<Outcome> outcomes) {
        outcomes.forEach(outcome ->
                totals.computeIfAbsent(outcome, any -> new LongAdder()).increment());
    }

    /** By the outcome's name in metrics. */
    public void forEach(BiConsumer<String, Long> reader) {
        totals.forEach((outcome, total) -> reader.accept(outcome.text(), total.sum()));
    }
}
