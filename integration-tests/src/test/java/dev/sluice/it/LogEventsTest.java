package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The log events that docs/operations.md explains are those of the code. */
class LogEventsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CALL = Pattern.compile("\\blog\\((.*?)\\);", Pattern.DOTALL);
    /** The words before the first {@code key=value} or explanation. */
    private static final Pattern EVENT = Pattern.compile("\"([a-z]+( [a-z]+)*)(?=\"| \"|[,:] | [a-z_]+=)");

    private static final Pattern ROW = Pattern.compile("(?m)^\\|[^|]*\\|([^|]*)\\| (INFO|WARN|ERROR|DEBUG)");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    private static String code = "";
    private static Set<String> explained = Set.of();

    @BeforeAll
    static void read() throws IOException {
        code = Stream.of("gateway", "metadata-service", "worker")
                .flatMap(module -> sources(ROOT.resolve(module).resolve("src/main/java")))
                .map(LogEventsTest::text)
                .collect(Collectors.joining());
        explained = ROW.matcher(text(ROOT.resolve("docs/operations.md")))
                .results()
                .flatMap(row -> QUOTED.matcher(row.group(1)).results())
                .map(event -> event.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void whatSomebodyShouldLookAtIsExplained() {
        List<String> loud = CALL.matcher(code)
                .results()
                .map(MatchResult::group)
                .filter(call -> call.contains("WARNING") || call.contains("ERROR"))
                .flatMap(call -> EVENT.matcher(call).results())
                .map(event -> event.group(1))
                .distinct()
                .toList();

        assertThat(loud).hasSizeGreaterThan(30);
        assertThat(explained).containsAll(loud);
    }

    @Test
    void whatIsExplainedExists() {
        assertThat(explained).allSatisfy(event -> assertThat(code).contains('"' + event));
    }

    private static Stream<Path> sources(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
