package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.Row;
import java.sql.SQLException;
import java.util.Optional;

/** Something that happened; {@code data} is JSON text. */
record Event(long seq, String type, String uploadId, Optional<String> jobId, String data, long at) {
    static Event of(Row row) throws SQLException {
        return new Event(
                row.number("seq"),
                row.text("type"),
                row.text("upload_id"),
                row.maybeText("job_id"),
                row.text("data"),
                row.number("at"));
    }
}
