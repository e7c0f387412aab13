package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BenchmarkMainTest {
    @Test
    void theCommandKnowsEveryName() throws Exception {
        String names = BenchmarkMain.ALL.stream().map(Benchmark::name).collect(Collectors.joining(" | "));

        assertThat(Files.readString(Path.of("run"))).contains(" " + names + ") NAMES+=");
    }
}
