package dev.sluice.metadata.db;

import dev.sluice.metadata.runtime.HaltPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a transaction was told beside its rows; it is undone with them. Belongs to one thread. */
final class Notes {
    /** Rows that are counted together: of one table, of one kind, in one state. */
    record Series(String what, String kind, String state) {}

    /** The halt points around one commit. */
    record Moments(HaltPoint before, HaltPoint after) {}

    private final List<Moments> moments = new ArrayList<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final Map<Series, Long> counts = new HashMap<>();
    private boolean wrote;

    Notes copy() {
        Notes copy = new Notes();
        copy.moments.addAll(moments);
        copy.afterCommit.addAll(afterCommit);
        copy.counts.putAll(counts);
        copy.wrote = wrote;
        return copy;
    }

    void count(Series series, long rows) {
        counts.merge(series, rows, Long::sum);
    }

    void wrote() {
        wrote = true;
    }

    /** Whether any row was written. */
    boolean hasWritten() {
        return wrote;
    }

    List<Moments> moments() {
        return moments;
    }

    List<Runnable> afterCommit() {
        return afterCommit;
    }

    /** By how much the numbers of rows have changed. */
    Map<Series, Long> counts() {
        return counts;
    }
}
