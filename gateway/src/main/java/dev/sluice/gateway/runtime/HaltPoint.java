package dev.sluice.gateway.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A moment at which a test may have this process die or freeze (docs/configuration.md says which each is). */
public enum HaltPoint {
    INTENT_SENT,
    BODY,
    END_HELD,
    END_SENT,
    STORED,
    ANNOUNCED;

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
