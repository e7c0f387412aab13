package dev.sluice.worker.lease;

import jakarta.json.JsonObject;
import java.util.Optional;

/** How a job ended. */
public sealed interface Outcome {
    /** A check has no run: it is no process. */
    record Completed(JsonObject result, Optional<Run> run) implements Outcome {}

    record Failed(Failure failure, boolean retryable, String error, Optional<Run> run) implements Outcome {}

    /** Why a job did not complete; a crash is counted apart from a failure. */
    enum Failure {
        FAILED("failed"),
        CRASHED("crashed"),
        TIMED_OUT("timed-out");

        private final String wire;

        Failure(String wire) {
            this.wire = wire;
        }

        String wire() {
            return wire;
        }
    }
}
