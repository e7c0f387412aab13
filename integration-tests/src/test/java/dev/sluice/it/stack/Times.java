package dev.sluice.it.stack;

import java.time.Duration;
import java.util.List;

/** The rule times of docs/configuration.md, scaled down so that a crash and all that follows on it take seconds. */
public final class Times {
    public static final Duration SILENT = Duration.ofSeconds(3);
    public static final Duration RECHECK = Duration.ofSeconds(1);
    public static final Duration FINAL_CHECK = Duration.ofSeconds(3);
    public static final Duration KEY_WAIT = Duration.ofMillis(500);
    public static final Duration PATIENCE = Duration.ofSeconds(5);
    public static final Duration LEASE = Duration.ofSeconds(3);
    public static final Duration STALL = Duration.ofSeconds(20);
    public static final Duration STORE_ANSWER = Duration.ofSeconds(30);
    public static final Duration INTENT = Duration.ofSeconds(8);

    /** From the last crash until every row, job and delivery has its end: all the above and much room for a slow machine; it ends early. */
    public static final Duration SETTLED = Duration.ofMinutes(5);

    private Times() {}

    static List<String> gateway() {
        return List.of(
                "gateway.heartbeat=PT0.2S",
                "gateway.intent-timeout=" + INTENT,
                "gateway.completion-patience=" + PATIENCE,
                "gateway.stall=" + STALL,
                "gateway.linger=PT2S",
                "gateway.drain=PT5S");
    }

    static List<String> storage() {
        return List.of(
                "storage.connect-timeout=PT2S",
                "storage.continue-timeout=PT15S",
                "storage.answer-timeout=" + STORE_ANSWER);
    }

    static List<String> metadata() {
        return List.of(
                "metadata.times.silent=" + SILENT,
                "metadata.times.replaced=PT0.6S",
                "metadata.times.recheck=" + RECHECK,
                "metadata.times.final-check=" + FINAL_CHECK,
                "metadata.times.hint=PT0.3S",
                "metadata.times.check-backoff-cap=PT2S",
                "metadata.times.key-wait=" + KEY_WAIT,
                "metadata.times.late-timer=PT1S",
                "metadata.times.sweep=PT0.1S",
                "metadata.callback.timeout=PT2S",
                "metadata.callback.retry-base=PT0.1S",
                "metadata.callback.retry-cap=PT1S",
                "metadata.jobs.retry-base=PT0.1S",
                "metadata.jobs.retry-cap=PT1S",
                "metadata.jobs.lease=" + LEASE);
    }

    static List<String> worker() {
        return List.of("worker.long-poll=PT2S", "worker.drain=PT20S");
    }
}
