package dev.sluice.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HaltPointsTest {
    @Test
    void knowsThePointsThatAreDocumented() throws IOException {
        String documentation = Files.readString(Path.of("..", "docs", "configuration.md"));
        String row = documentation
                .substring(documentation.indexOf("## Halt points"))
                .lines()
                .filter(line -> line.startsWith("| gateway |"))
                .findFirst()
                .orElseThrow();

        assertThat(Pattern.compile("`([a-z-]+)`").matcher(row).results().map(MatchResult::group))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(HaltPoint.values())
                        .map(point -> "`" + point.word() + "`")
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored", "stored:0", "stored:1:thaw", "stored:1:freeze:"})
    void refusesWhatIsNoNumberOfTimes(String spec) {
        assertThatThrownBy(() -> new HaltPoints(List.of(spec)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("--halt-at wants NAME:N or NAME:N:freeze, not " + spec);
    }

    @Test
    void refusesAPointThatItNeverReaches() {
        assertThatThrownBy(() -> new HaltPoints(List.of("stored:1", "foo:1")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("--halt-at knows no foo; there are ")
                .hasMessageContaining("stored");
    }
}
