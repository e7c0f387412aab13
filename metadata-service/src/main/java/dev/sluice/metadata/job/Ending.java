package dev.sluice.metadata.job;

/** How an attempt ended that did not succeed. */
record Ending(Outcome outcome, boolean retryable, String error, RunStats run) {
    static Ending crashed(String error) {
        return new Ending(Outcome.CRASHED, true, error, RunStats.NONE);
    }
}
