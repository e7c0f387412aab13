package dev.sluice.metadata.job;

import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.upload.ObjectUrls;
import java.time.Duration;

/**
 * Limits of the queue.
 *
 * @param checkRetry of checks that ended without a result: they are never given up
 * @param urls where workers that have no credentials for the store fetch objects
 */
public record JobSettings(
        int maxFailures, int maxCrashes, Backoff retry, Backoff checkRetry, Duration lease, ObjectUrls urls) {}
