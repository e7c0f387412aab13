package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the worker's process says of wrong arguments. */
@Timeout(60)
class WorkerUsageTest {
    @TempDir
    Path folder;

    private final List<String> command = new ArrayList<>();

    @BeforeEach
    void whole() throws IOException {
        Files.writeString(folder.resolve("secret"), "secret");
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                "worker.token-file=" + folder.resolve("secret"),
                "worker.state=" + folder.resolve("state"),
                "storage.url=http://127.0.0.1:9",
                "storage.access-key=access",
                "storage.secret-key-file=" + folder.resolve("secret")));
    }

    @Test
    void saysInOneLineWhatIsWrongWithItsConfiguration() throws Exception {
        assertRefused("worker: unknown key worker.chekcs", "worker.chekcs=2");
    }

    @Test
    void haltsAtNoPointThatItDoesNotKnow() throws Exception {
        assertRefused("worker: --halt-at knows no foo; ", "--halt-at", "foo:1");
    }

    private void assertRefused(String begin, String... arguments) throws Exception {
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");

        Process worker = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            worker.destroyForcibly().waitFor();
        }

        assertThat(Files.readAllLines(output)).singleElement().asString().startsWith(begin);
        assertThat(worker.exitValue()).isEqualTo(2);
    }
}
