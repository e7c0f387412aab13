package dev.sluice.metadata.upload;

import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

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

    /** No look at a key is ever planned for later than this. */
    Duration longest() {
        return Stream.of(recheck, finalCheck, hint, checkBackoffCap)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

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
