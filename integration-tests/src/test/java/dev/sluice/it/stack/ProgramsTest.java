package dev.sluice.it.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramsTest {
    private static final Pattern START = Pattern.compile("(?s)\nstart_(?:java|part)\\(\\) \\{\n(.*?)\n}");
    private static final Pattern FLAG = Pattern.compile("(?<=[ \"])-(?:-enable|X|Djdk)[^ \"]*");

    @Test
    void measuredPartsHaveTheJvmFlagsThatRunGivesThem() throws IOException {
        String run = Files.readString(Programs.root().resolve("run"));
        Running asRun = new Running(true, List.of(), Optional.empty());
        TreeSet<String> theirs = new TreeSet<>();
        START.matcher(run)
                .results()
                .flatMap(body -> FLAG.matcher(body.group(1)).results())
                .map(MatchResult::group)
                .map(ProgramsTest::withoutNames)
                .forEach(theirs::add);
        TreeSet<String> ours = new TreeSet<>();
        Programs.part("gateway", 256, asRun).stream()
                .filter(word -> word.startsWith("-X") || word.startsWith("--") || word.startsWith("-D"))
                .map(ProgramsTest::withoutNames)
                .forEach(ours::add);

        assertThat(ours).isEqualTo(theirs).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "metadata-service", "worker"})
    void eachPartSaysItsNameAndVersion(String module) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        Process process = new ProcessBuilder(java, "-jar", Programs.jar(module).toString(), "--version")
                .redirectErrorStream(true)
                .start();

        assertThat(process.inputReader().lines())
                .singleElement()
                .asString()
                .matches(module + " \\d+\\.\\d+\\.\\d+\\S*");
    }

    /** Heaps and files differ from part to part. */
    private static String withoutNames(String flag) {
        return flag.replaceFirst("^(-Xmx|-XX:ErrorFile=|-XX:SharedArchiveFile=).*", "$1");
    }
}
