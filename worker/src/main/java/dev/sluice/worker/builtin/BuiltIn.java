package dev.sluice.worker.builtin;

import jakarta.json.JsonObject;
import java.io.IOException;

/** A job that comes with the worker and runs in a child JVM. */
interface BuiltIn {
    /** An {@link IOException} is a fault of the store and may be tried again. */
    JsonObject work(String url, JsonObject payload) throws IOException, JobException;

    /** The job cannot succeed (now, or ever). */
    final class JobException extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean retryable;

        JobException(boolean retryable, String message) {
            super(message);
            this.retryable = retryable;
        }

        boolean retryable() {
            return retryable;
        }
    }
}
