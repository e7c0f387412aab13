package dev.sluice.metadata.job;

import java.util.Locale;

/** How one attempt of a job ended. */
enum Outcome {
    SUCCEEDED,
    FAILED,
    TIMED_OUT,
    CRASHED,
    /** The lease ended before its holder was ever heard of: nothing of the job was done. */
    LOST,
    RELEASED;

    /** As in SQL and JSON. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The job never came to an end of its own: counted apart from failures. */
    boolean crash() {
        return this == CRASHED;
    }
}
