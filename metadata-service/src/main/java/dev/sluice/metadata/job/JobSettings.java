package dev.sluice.metadata.job;

import dev.sluice.metadata.runtime.Backoff;
import java.time.Duration;

/**
 * Limits of the queue.
 *
 * @param checkRetry of checks that ended without a result: they are never given up
 */
public record JobSettings(int maxFailures, int maxCrashes, Backoff retry, Backoff checkRetry, Duration lease) {}
