package dev.sluice.metadata.delivery;

import dev.sluice.metadata.http.RetryAfter;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.runtime.Backoff;
import java.net.URI;
import java.time.Duration;

/** The application's address for callbacks, from the configuration and never from a client. */
public record Receiver(URI url, WebhookSignature secret, Duration timeout, Backoff retry, Duration giveUp) {
    /** Between two tries, whatever is asked for. */
    public Duration longestPause() {
        return retry.cap().compareTo(RetryAfter.LONGEST) > 0 ? retry.cap() : RetryAfter.LONGEST;
    }
}
