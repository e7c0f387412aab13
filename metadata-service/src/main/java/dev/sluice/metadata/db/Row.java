package dev.sluice.metadata.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The current row of a result, with absent values as {@link Optional}. */
public final class Row {
    private final ResultSet rows;

    Row(ResultSet rows) {
        this.rows = rows;
    }

    public String text(String column) throws SQLException {
        String value = rows.getString(column);
        if (value == null) {
            throw new SQLException("null in column " + column);
        }
        return value;
    }

    public Optional<String> maybeText(String column) throws SQLException {
        return Optional.ofNullable(rows.getString(column));
    }

    public long number(String column) throws SQLException {
        return rows.getLong(column);
    }

    public int integer(String column) throws SQLException {
        return rows.getInt(column);
    }

    public boolean flag(String column) throws SQLException {
        return rows.getInt(column) != 0;
    }

    public Optional<Long> maybeNumber(String column) throws SQLException {
        long value = rows.getLong(column);
        return rows.wasNull() ? Optional.empty() : Optional.of(value);
    }
}
