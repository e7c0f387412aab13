package dev.sluice.metadata.upload;

import java.time.Duration;

/** The configured times of the protocol ({@code metadata.times.*}, docs/configuration.md). */
public record Times(
        Duration silent,
        Duration replaced,
        Duration recheck,
        Duration finalCheck,
        Duration hint,
        Duration checkBackoffCap,
        Duration keyWait,
        Duration bucketGone,
        Duration lateTimer,
        Duration sweep) {

    public static Times defaults() {
        return new Times(
                Duration.ofSeconds(60),
                Duration.ofSeconds(12),
                Duration.ofSeconds(35),
                Duration.ofMinutes(10),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Duration.ofSeconds(3),
                Duration.ofHours(24),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1));
    }
}
