package dev.sluice.metadata.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A moment at which a test may have this process die or freeze (docs/configuration.md says which each is). */
public enum HaltPoint {
    INTENT_BEFORE_COMMIT,
    INTENT_AFTER_COMMIT,
    COMPLETION_BEFORE_COMMIT,
    COMPLETION_AFTER_COMMIT,
    WEBHOOK_BEFORE_COMMIT,
    WEBHOOK_AFTER_COMMIT,
    CHECK_BEFORE_COMMIT,
    CHECK_AFTER_COMMIT,
    JOB_COMPLETE_BEFORE_COMMIT,
    JOB_COMPLETE_AFTER_COMMIT,
    DELIVERY_SENT;

    static Optional<HaltPoint> parse(String word) {
        return Arrays.stream(values())
                .filter(point -> point.word().equals(word))
                .findFirst();
    }

    /** As on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
