package dev.sluice.metadata.job;

import java.util.Locale;

/** The states of a job; {@code WAITING} is ready at a later time. */
enum JobState {
    READY,
    RUNNING,
    WAITING,
    SUCCEEDED,
    DEAD,
    QUARANTINED;

    static JobState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** As in SQL and JSON. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean finished() {
        return this == SUCCEEDED || this == DEAD || this == QUARANTINED;
    }
}
