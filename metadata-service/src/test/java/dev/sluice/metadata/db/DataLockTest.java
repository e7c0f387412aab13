package dev.sluice.metadata.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metadata.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DataLockTest {
    @TempDir
    Path folder;

    @Test
    void aSecondProcessIsKeptOutUntilTheFirstIsKilled() throws Exception {
        Process first = holder(folder.resolve("sluice.db"));
        try {
            assertThat(first.inputReader().readLine()).isEqualTo("open");

            assertThatThrownBy(this::open)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("another metadata service (process " + first.pid() + ") uses " + folder);
        } finally {
            first.destroyForcibly().waitFor();
        }

        try (Database second = open()) {
            List<String> uploads = second.read(tx -> tx.list("select id from uploads", row -> row.text("id")));
            assertThat(uploads).isEmpty();
        }
        assertThat(Files.readString(folder.resolve("sluice.db.lock")).strip())
                .isEqualTo(String.valueOf(ProcessHandle.current().pid()));
    }

    @Test
    void whoClosesLetsTheNextOneIn() {
        open().close();

        open().close();
    }

    private Database open() {
        return new Database(folder.resolve("sluice.db"), Optional.empty());
    }

    private static Process holder(Path file) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A small JVM that has the database open until somebody kills it. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            Database database = new Database(Path.of(args[0]), Optional.empty());
            System.out.println("open");
            if (System.in.read() < 0) { // whoever wanted us is gone
                database.close();
            }
        }
    }
}
