package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.Row;
import java.sql.SQLException;

/** One row of {@code deliveries}, as far as sending needs it. */
record Delivery(String id, String body, int attempts, long runAt, long createdAt) {
    static Delivery of(Row row) throws SQLException {
        return new Delivery(
                row.text("id"),
                row.text("body"),
                row.integer("attempts"),
                row.number("run_at"),
                row.number("created_at"));
    }
}
