package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JdkTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"NOTHING, false", "ARCHIVE, true"})
    void keepsTheArchiveOrNot(Jdk.Kept kept, boolean there) throws Exception {
        Jdk jdk = Jdk.in(folder.resolve("jdk"), kept);
        Path archive = folder.resolve("a.jsa");

        int status = new ProcessBuilder(
                        jdk.java().toString(),
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + archive,
                        "-Xlog:disable",
                        "-version")
                .start()
                .waitFor();

        assertThat(status).isZero();
        assertThat(archive.toFile().exists()).isEqualTo(there);
    }

    @Test
    void isTakenForTheJdkThatItStandsFor() throws Exception {
        Jdk jdk = Jdk.in(folder.resolve("jdk"), Jdk.Kept.AOT_CACHE);

        assertThat(jdk.home().resolve("release")).exists();
        assertThat(jdk.home().resolve("bin/javac")).isExecutable();
        assertThat(jdk.java()).isExecutable();
    }
}
