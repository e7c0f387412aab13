package dev.sluice.metadata.delivery;

import java.time.Duration;
import java.util.Optional;

/** What came back from the receiver. */
sealed interface Answer {
    /** A status, and how long it asks us to wait. */
    record Status(int code, Optional<Duration> retryAfter) implements Answer {
        boolean delivered() {
            return code >= 200 && code < 300;
        }
    }

    /** No answer; {@code error} says why. */
    record None(String error) implements Answer {}
}
