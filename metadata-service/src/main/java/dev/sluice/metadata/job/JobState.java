package dev.sluice.metadata.job;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The states of a job; {@code WAITING} is ready at a later time. */
enum JobState {
    READY,
    RUNNING,
    WAITING,
    SUCCEEDED,
    DEAD,
    QUARANTINED;

    /** Empty for what is no state. */
    static Optional<JobState> parse(String text) {
        return Stream.of(values()).filter(state -> state.text().equals(text)).findFirst();
    }

    /** All of them, for a client to read. */
    static String names() {
        return Stream.of(values()).map(JobState::text).collect(Collectors.joining(", "));
    }

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
