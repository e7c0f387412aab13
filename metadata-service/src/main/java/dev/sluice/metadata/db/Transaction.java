package dev.sluice.metadata.db;

import dev.sluice.metadata.runtime.HaltPoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SQL inside a transaction that somebody else begins and ends. Statements are kept prepared for the life of the connection. Belongs to
 * one thread.
 */
public final class Transaction {
    /** Makes a value of one row. */
    public interface RowMapper<T> {
        T map(Row row) throws SQLException;
    }

    private static final String COUNT = """
            insert into row_counts (what, kind, state, n) values (?, ?, ?, ?)
            on conflict (what, kind, state) do update set n = n + excluded.n
            """;

    private final Connection connection;
    private final Map<String, Prepared> prepared = new HashMap<>();
    private Notes notes = new Notes();

    Transaction(Connection connection) {
        this.connection = connection;
    }

    /** Runs an INSERT, UPDATE or DELETE; the number of rows is the answer that the caller must look at. */
    public int update(String sql, @Nullable Object... values) {
        try {
            int rows = bind(sql, values).statement().executeUpdate();
            if (rows > 0) {
                notes.wrote();
            }
            return rows;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    public <T> List<T> list(String sql, RowMapper<T> mapper, @Nullable Object... values) {
        try {
            Prepared query = bind(sql, values);
            return list(query, mapper);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static <T> List<T> list(Prepared query, RowMapper<T> mapper) throws SQLException {
        try (ResultSet rows = query.statement().executeQuery()) {
            List<T> result = new ArrayList<>();
            Row row = new Row(rows, query.columns());
            while (rows.next()) {
                result.add(mapper.map(row));
            }
            return result;
        }
    }

    /**
     * Runs a query with one {@code in (%s)} for any number of texts, none included. They are padded to a power of two, for each number is
     * a statement of its own.
     */
    public <T> List<T> listIn(String sql, RowMapper<T> mapper, List<String> values) {
        if (values.isEmpty()) {
            return List.of();
        }
        int size = Math.max(1, Integer.highestOneBit(values.size() - 1) * 2);
        List<@Nullable Object> padded = new ArrayList<>(values);
        padded.addAll(Collections.nCopies(size - values.size(), values.getLast()));
        return list(sql.formatted(String.join(", ", Collections.nCopies(size, "?"))), mapper, padded.toArray());
    }

    /** The first row, if there is one. */
    public <T> Optional<T> first(String sql, RowMapper<T> mapper, @Nullable Object... values) {
        return list(sql, mapper, values).stream().findFirst();
    }

    /** Has these halt points reached around this transaction's commit. */
    public void mark(HaltPoint before, HaltPoint after) {
        notes.moments().add(new Notes.Moments(before, after));
    }

    /**
     * Runs {@code action} once what this transaction did is durable and visible, before its callers are answered. It must be quick and
     * must not throw.
     */
    public void afterCommit(Runnable action) {
        notes.afterCommit().add(action);
    }

    /** Rows have come into a state: counted in {@code row_counts} with this commit. */
    public void came(String what, String kind, String state, long rows) {
        notes.count(new Notes.Series(what, kind, state), rows);
    }

    /** Rows have left a state, for another or for good. */
    public void left(String what, String kind, String state, long rows) {
        came(what, kind, state, -rows);
    }

    Notes notes() {
        return notes;
    }

    /** Forgets what was told since these were taken; what was written must be undone too. */
    void backTo(Notes before) {
        notes = before;
    }

    /** Writes what was counted, and begins anew. */
    Notes close() {
        notes.counts().forEach((series, rows) -> {
            if (rows != 0) {
                update(COUNT, series.what(), series.kind(), series.state(), rows);
            }
        });
        Notes taken = notes;
        notes = new Notes();
        return taken;
    }

    private Prepared bind(String sql, @Nullable Object[] values) throws SQLException {
        Prepared known = prepared.get(sql);
        if (known == null) {
            known = new Prepared(connection.prepareStatement(sql), new HashMap<>());
            prepared.put(sql, known);
        }
        for (int i = 0; i < values.length; i++) {
            known.statement().setObject(i + 1, values[i]);
        }
        return known;
    }

    /** A statement and where its rows have the columns that were asked for so far: the driver would compare all names each time. */
    private record Prepared(PreparedStatement statement, Map<String, Integer> columns) {}
}
