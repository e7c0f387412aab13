package dev.sluice.metadata.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.upload.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the triggers count is what is there. */
class RowCountsTest {
    private static final Map<String, String> TABLES = Map.of("uploads", "''", "jobs", "kind", "deliveries", "''");

    @TempDir
    Path folder;

    private Protocol protocol;

    @BeforeEach
    void start() throws IOException {
        protocol = new Protocol(folder);
    }

    @AfterEach
    void stop() {
        protocol.close();
    }

    @Test
    void countsEveryChangeOfAState() {
        String completed = protocol.letIn();
        String failed = protocol.letIn();
        protocol.letIn();
        protocol.stored(completed, 1);
        protocol.reports.verdict(failed, 1, Failure.of("client-gone", "left"));
        change(
                "insert into jobs (id, upload_id, owner, attempt_of, kind, queue, state, dedup_key, config, run_at, created_at)"
                        + " select 'j' || state, id, 'o', 1, 'verify', 'jobs', 'ready', id, '{}', 0, 0 from uploads");
        change("insert into deliveries (id, upload_id, event, body, state, run_at, created_at)"
                + " select 'd' || state, id, 'e', '', 'pending', 0, 0 from uploads");
        assertCounted(3);

        change("update jobs set state = 'succeeded', finished_at = 1 where id = 'jfailed'");
        change("update jobs set run_at = 7");
        change("update deliveries set state = 'dead' where id <> 'dfailed'");
        change("delete from jobs where id = 'jcompleted'");

        assertCounted(2);
        assertThat(counted(protocol, "jobs")).containsExactly("verify ready 1", "verify succeeded 1");
        assertThat(counted(protocol, "deliveries")).containsExactly(" dead 2", " pending 1");
        assertThat(counted(protocol, "uploads")).containsExactly(" completed 1", " failed 1", " intent 1");
    }

    private void change(String sql) {
        protocol.committer.commit(tx -> tx.update(sql));
    }

    private void assertCounted(long jobs) {
        TABLES.forEach((table, kind) -> assertThat(counted(protocol, table))
                .as(table)
                .isEqualTo(protocol.database.read(tx -> rows(
                        tx,
                        "select " + kind + " as kind, state, count(*) as n from " + table
                                + " group by 1, 2 order by 1, 2"))));
        List<Long> rows =
                protocol.database.read(tx -> tx.list("select count(*) as n from jobs", row -> row.number("n")));
        assertThat(rows).containsExactly(jobs);
    }

    private static List<String> counted(Protocol protocol, String table) {
        return protocol.database.read(
                tx -> rows(tx, "select * from row_counts where n > 0 and what = '" + table + "' order by kind, state"));
    }

    private static List<String> rows(Transaction tx, String sql) {
        return tx.list(sql, row -> row.text("kind") + " " + row.text("state") + " " + row.number("n"));
    }
}
