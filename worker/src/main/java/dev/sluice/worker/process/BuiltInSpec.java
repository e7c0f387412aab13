package dev.sluice.worker.process;

import java.time.Duration;

/** Limits of built-in jobs, and after how many of them a child JVM is replaced. */
public record BuiltInSpec(Duration soft, Duration hard, String heap, int jobsPerChild) {
    public BuiltInSpec {
        if (soft.isNegative() || hard.compareTo(soft) < 0 || !heap.matches("\\d+[kmgKMG]") || jobsPerChild < 1) {
            throw new IllegalArgumentException("wants soft <= hard, a heap like 64m and child-jobs > 0");
        }
    }
}
