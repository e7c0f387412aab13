package dev.sluice.metadata.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** The current row of a result, with absent values as {@link Optional}. */
public final class Row {
    private final ResultSet rows;
    private final Map<String, Integer> columns;

    /** {@code columns} remembers for all rows of the statement where they have what. */
    Row(ResultSet rows, Map<String, Integer> columns) {
        this.rows = rows;
        this.columns = columns;
    }

    public String text(String column) throws SQLException {
        String value = rows.getString(index(column));
        if (value == null) {
            throw new SQLException("null in column " + column);
        }
        return value;
    }

    public Optional<String> maybeText(String column) throws SQLException {
        return Optional.ofNullable(rows.getString(index(column)));
    }

    public long number(String column) throws SQLException {
        return rows.getLong(index(column));
    }

    public int integer(String column) throws SQLException {
        return rows.getInt(index(column));
    }

    public boolean flag(String column) throws SQLException {
        return rows.getInt(index(column)) != 0;
    }

    public Optional<Long> maybeNumber(String column) throws SQLException {
        long value = rows.getLong(index(column));
        return rows.wasNull() ? Optional.empty() : Optional.of(value);
    }

    private int index(String column) throws SQLException {
        Integer known = columns.get(column);
        if (known == null) {
            known = rows.findColumn(column);
            columns.put(column, known);
        }
        return known;
    }
}
