package dev.sluice.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.Transaction;
import java.util.List;
import java.util.Map;

/** Compares what was counted with what is there. */
public final class RowCounts {
    private static final Map<String, String> KINDS = Map.of("uploads", "''", "jobs", "kind", "deliveries", "''");

    private RowCounts() {}

    /** Each line is kind, state and number; they are those of {@code row_counts}. */
    public static List<String> counted(Database database, String table) {
        List<String> counted = database.read(tx ->
                rows(tx, "select * from row_counts where n <> 0 and what = '" + table + "' order by kind, state"));
        assertThat(counted)
                .isEqualTo(database.<List<String>>read(tx -> rows(
                        tx,
                        "select " + KINDS.get(table) + " as kind, state, count(*) as n from " + table
                                + " group by 1, 2 order by 1, 2")));
        return counted;
    }

    private static List<String> rows(Transaction tx, String sql) {
        return tx.list(sql, row -> row.text("kind") + " " + row.text("state") + " " + row.number("n"));
    }
}
