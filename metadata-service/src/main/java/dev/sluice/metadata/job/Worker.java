package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Row;
import java.sql.SQLException;
import java.util.Optional;

/** One life of a worker process; kinds and stats (by queue) are JSON text. */
public record Worker(
        String boot, String name, String kinds, Optional<String> stats, String state, long firstSeen, long lastSeen) {

    static Worker of(Row row) throws SQLException {
        return new Worker(
                row.text("boot"),
                row.text("name"),
                row.text("kinds"),
                row.maybeText("stats"),
                row.text("state"),
                row.number("first_seen"),
                row.number("last_seen"));
    }

    public boolean alive() {
        return state.equals("alive");
    }
}
