package dev.sluice.worker.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Limits of built-in jobs, after how many of them a child JVM is replaced, and whom it trusts instead of whom the JVM does. */
public record BuiltInSpec(Duration soft, Duration hard, String heap, int jobsPerChild, Optional<Path> caFile) {
    public BuiltInSpec {
        if (soft.isNegative() || hard.compareTo(soft) < 0 || !heap.matches("\\d+[kmgKMG]") || jobsPerChild < 1) {
            throw new IllegalArgumentException("wants soft <= hard, a heap like 64m and child-jobs > 0");
        }
    }
}
