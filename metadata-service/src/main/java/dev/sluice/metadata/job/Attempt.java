package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Row;
import java.sql.SQLException;
import java.util.Optional;

/** One claim of a job and how it ended. */
record Attempt(
        int number,
        String worker,
        String outcome,
        long startedAt,
        Optional<Long> finishedAt,
        Optional<String> error,
        RunStats run) {

    static Attempt of(Row row) throws SQLException {
        return new Attempt(
                row.integer("number"),
                row.text("worker"),
                row.text("outcome"),
                row.number("started_at"),
                row.maybeNumber("finished_at"),
                row.maybeText("error"),
                new RunStats(
                        row.maybeNumber("exit_code"),
                        row.maybeNumber("wall_ms"),
                        row.maybeNumber("cpu_ms"),
                        row.maybeNumber("max_rss_bytes"),
                        row.maybeText("output_tail")));
    }
}
