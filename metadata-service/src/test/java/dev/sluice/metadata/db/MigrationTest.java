package dev.sluice.metadata.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metadata.runtime.HaltPoints;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationTest {
    private static final List<String> ROWS = List.of(
            """
            insert into uploads (id, owner, source, state, attempt, bucket, object_key, size, created_at, completed_at)
            values ('u', 'default', 'gateway', 'completed', 1, 'uploads', 'u/u', 7, 1, 2)
            """,
            """
            insert into upload_attempts (upload_id, attempt, request, bucket, object_key, created_at)
            values ('u', 1, 'u', 'uploads', 'u/u', 1)
            """,
            "insert into upload_aliases (alias, upload_id) values ('o:uploads/u/u', 'u')",
            """
            insert into jobs (id, upload_id, owner, attempt_of, kind, queue, state, dedup_key, config, run_at, created_at, finished_at)
            values ('j', 'u', 'default', 1, 'verify', 'jobs', 'succeeded', 'u:default/0:x', '{}', 1, 1, 3)
            """,
            "insert into job_attempts (job_id, fence, number, worker, outcome, started_at) values ('j', 1, 1, 'w', 'succeeded', 2)",
            """
            insert into deliveries (id, upload_id, event, body, state, run_at, created_at)
            values ('d', 'u', 'upload.completed', '{}', 'pending', 1, 1)
            """,
            "insert into events (seq, type, owner, upload_id, data, at) values (1, 'upload.completed', 'default', 'u', '{}', 2)");

    private static final String ALL = """
            select u.size || a.request || l.alias || j.dedup_key || t.outcome || d.body || e.seq as told
              from uploads u join upload_attempts a on a.upload_id = u.id join upload_aliases l on l.upload_id = u.id
              join jobs j on j.upload_id = u.id join job_attempts t on t.job_id = j.id
              join deliveries d on d.upload_id = u.id join events e on e.upload_id = u.id
            """;

    @TempDir
    Path folder;

    @Test
    void aFileOfAnOlderVersionKeepsItsRowsAndWhatTheyReferTo() throws SQLException {
        Path file = folder.resolve("sluice.db");
        fill(file, "8");

        try (Database database = new Database(file, Optional.empty())) {
            List<String> told = database.read(tx -> tx.list(ALL, row -> row.text("told")));
            assertThat(told).containsExactly("7uo:uploads/u/uu:default/0:xsucceeded{}1");
            List<String> astray = database.read(tx -> tx.list("pragma foreign_key_check", row -> row.text("table")));
            assertThat(astray).isEmpty();
            assertForeignKeys(database);
        }
    }

    private static void assertForeignKeys(Database database) {
        Committer.Limits limits = new Committer.Limits(1, Duration.ofSeconds(1), 1);
        try (Committer committer = new Committer(database, limits, HaltPoints.none())) {
            for (String child : List.of(
                    "update upload_attempts set upload_id = 'nobody'",
                    "update upload_aliases set upload_id = 'nobody'",
                    "update jobs set upload_id = 'nobody'",
                    "update job_attempts set job_id = 'nobody'",
                    "update deliveries set upload_id = 'nobody'",
                    "update events set upload_id = 'nobody'")) {
                assertThatThrownBy(() -> committer.commit(tx -> tx.update(child)))
                        .as(child)
                        .isInstanceOf(DatabaseException.class)
                        .hasMessageContaining("FOREIGN KEY");
            }
        }
    }

    private static void fill(Path file, String version) throws SQLException {
        String url = "jdbc:sqlite:" + file;
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:db/migration")
                .target(version)
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            for (String row : ROWS) {
                statement.execute(row);
            }
        }
    }
}
