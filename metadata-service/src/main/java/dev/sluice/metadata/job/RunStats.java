package dev.sluice.metadata.job;

import dev.sluice.metadata.http.Fields;
import java.util.Optional;

/** What a worker measured of one attempt. */
record RunStats(
        Optional<Long> exitCode,
        Optional<Long> wallMillis,
        Optional<Long> cpuMillis,
        Optional<Long> maxRssBytes,
        Optional<String> outputTail) {

    static final RunStats NONE =
            new RunStats(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    private static final int TAIL = 32_768;

    static RunStats parse(Fields fields) {
        return new RunStats(
                fields.maybeNumber("exit_code", -1000, 1000),
                fields.maybeNumber("wall_ms", 0, Long.MAX_VALUE),
                fields.maybeNumber("cpu_ms", 0, Long.MAX_VALUE),
                fields.maybeNumber("max_rss_bytes", 0, Long.MAX_VALUE),
                fields.maybeEnd("output_tail", TAIL));
    }
}
