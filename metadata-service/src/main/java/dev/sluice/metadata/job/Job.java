package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Row;
import java.sql.SQLException;
import java.util.Optional;

/** One row of {@code jobs}: work to do later for an upload. Times are epoch milliseconds; config, progress and result are JSON text. */
record Job(
        String id,
        String uploadId,
        int attemptOf,
        String kind,
        String queue,
        JobState state,
        String config,
        long runAt,
        int fence,
        int attempt,
        int failures,
        int crashes,
        boolean takenUp,
        Optional<String> worker,
        Optional<String> progress,
        Optional<String> result,
        Optional<String> error,
        long createdAt,
        Optional<Long> finishedAt) {

    static final String CHECK = "check";
    static final String JOBS = "jobs";
    static final String CHECKS = "checks";

    static Job of(Row row) throws SQLException {
        return new Job(
                row.text("id"),
                row.text("upload_id"),
                row.integer("attempt_of"),
                row.text("kind"),
                row.text("queue"),
                JobState.of(row.text("state")),
                row.text("config"),
                row.number("run_at"),
                row.integer("fence"),
                row.integer("attempt"),
                row.integer("failures"),
                row.integer("crashes"),
                row.integer("taken_up") == 1,
                row.maybeText("worker"),
                row.maybeText("progress"),
                row.maybeText("result"),
                row.maybeText("error"),
                row.number("created_at"),
                row.maybeNumber("finished_at"));
    }

    boolean check() {
        return queue.equals(CHECKS);
    }

    LeaseToken token() {
        return new LeaseToken(id, fence);
    }
}
