package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.it.stack.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scripts say before they start anything: here is nothing with which they could build or install. */
class ScriptsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path FOLDER = Path.of("target", "scripts").toAbsolutePath();

    @BeforeAll
    static void bringFewTools() throws IOException {
        Files.createDirectories(FOLDER.resolve("tools"));
        for (String tool : List.of("bash", "cat", "date", "dirname", "readlink", "grep", "sort", "python3")) {
            link("tools/" + tool, Path.of("/usr/bin", tool));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run --help", "test --help", "benchmarks/run --help", "benchmarks/run"})
    void helpThatCannotBeWrittenIsAFailureAndStartsNothing(String command) {
        Ended ended = ended("bash", "-c", "exec " + ROOT + "/" + command + " > /dev/full");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output().lines()).singleElement().asString().contains("No space left");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "test", "benchmarks/run", "benchmarks/stall/run", "examples/fastapi/start"})
    void aLinkToAScriptIsTheScript(String script) throws IOException {
        assumePython(script);
        Path link = link("link", ROOT.resolve(script));

        Ended ended = ended(link.toString(), "--help");

        assertThat(ended).isEqualTo(ended(ROOT.resolve(script).toString(), "--help"));
        assertThat(ended.status()).isZero();
        assertThat(ended.output()).startsWithIgnoringCase("usage: ").contains(script);
    }

    @ParameterizedTest
    @CsvSource({
        "benchmarks/stall/run, nonsense, 2, 'nonsense' is none of stall",
        "benchmarks/stall/run, --loads=31, 2, cannot read '31'",
        "examples/fastapi/start, nonsense, 1, PORT needs a number from 1 to 65535",
        "examples/fastapi/start, 0, 1, PORT needs a number from 1 to 65535"
    })
    void whatIsWrongIsSaidBeforeAnythingIsInstalled(String script, String argument, int status, String why) {
        assumePython(script);

        Ended ended = ended(ROOT.resolve(script).toString(), argument);

        assertThat(ended.status()).as(ended.output()).isEqualTo(status);
        assertThat(ended.output()).contains(why).doesNotContain("missing: ");
    }

    private static void assumePython(String script) {
        assumeTrue(!script.contains("stall") || Files.isExecutable(PYTHON), "no " + PYTHON);
    }

    private static Path link(String name, Path target) throws IOException {
        Files.deleteIfExists(FOLDER.resolve(name));
        return Files.createSymbolicLink(FOLDER.resolve(name), target);
    }

    private static Ended ended(String... command) {
        Map<String, String> environment = Map.of(
                "PATH", FOLDER.resolve("tools").toString(),
                "DATA", FOLDER.resolve("data").toString(),
                "JAVA25_HOME", System.getProperty("java.home"));
        String[] words =
                Stream.concat(Stream.of("/usr/bin/env"), Stream.of(command)).toArray(String[]::new);
        return Ended.of(FOLDER.resolve("log"), environment, words);
    }
}
