package dev.sluice.metadata.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metadata.LogLines;
import dev.sluice.metadata.Polling;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointerTest {
    private static final String FILL = """
            insert into health (id, at, filler) values (1, 0, ?)
            on conflict (id) do update set filler = excluded.filler
            """;

    @TempDir
    Path folder;

    private Database database;

    @BeforeEach
    void open() {
        database = new Database(folder.resolve("t.db"), Optional.empty());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void saysOnceThatItFailsAndConnectsAnewWhileCommitsGoOn() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        Checkpointer.Source failingTwice = () -> {
            if (opened.incrementAndGet() <= 2) {
                throw new SQLException("told to fail");
            }
            return database.openWithLog();
        };

        try (LogLines log = new LogLines(Checkpointer.class.getName());
                Writer writer = new Writer(database.openWriter());
                Checkpointer checkpointer = new Checkpointer(failingTwice, database.log())) {
            for (int written = 0; written <= Checkpointer.PAGES / 256; written++) {
                write(writer, Integer.toString(written % 10).repeat(1 << 20));
                checkpointer.committed();
            }
            Polling.until(() -> {
                checkpointer.committed();
                return checkpointer.takeRestartDue();
            });

            assertThat(opened).hasValue(3);
            assertThat(log.lines).containsExactly("database log not put in its place");
            assertThat(folder.resolve("t.db"))
                    .satisfies(file -> assertThat(file.toFile().length()).isGreaterThan(1 << 20));
        }
    }

    @Test
    void commitsGoOnWhenTheLogCannotBeginAnew() throws Exception {
        try (Checkpointer checkpointer = new Checkpointer(database);
                Connection connection = database.openWriter();
                Writer writer = new Writer(connection);
                Statement statement = connection.createStatement();
                ResultSet reading = statement.executeQuery("select name from sqlite_master")) {
            write(writer, "before");
            assertThat(reading.next()).isTrue();
            connection.setAutoCommit(true);
            assertThatThrownBy(() -> checkpointer.checkpoint(connection)).isInstanceOf(SQLException.class);
            connection.setAutoCommit(false);

            writer.restartLog(checkpointer);
            write(writer, "after");
        }

        assertThat(database.<List<String>>read(tx -> tx.list("select filler from health", row -> row.text("filler"))))
                .containsExactly("after");
    }

    private static void write(Writer writer, String filler) throws SQLException {
        writer.run(List.of(new Piece<>(tx -> tx.update(FILL, filler))));
        writer.commit();
    }
}
