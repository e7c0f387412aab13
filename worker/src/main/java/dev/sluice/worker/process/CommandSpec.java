package dev.sluice.worker.process;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A configured command: its words, its limits (soft: TERM, hard: KILL of the group) and the variables passed on to it. */
public record CommandSpec(List<String> argv, Duration soft, Duration hard, long memoryBytes, List<String> environment) {
    private static final List<String> ALWAYS = List.of("PATH", "HOME", "LANG");

    public CommandSpec {
        if (argv.isEmpty() || soft.isNegative() || hard.compareTo(soft) < 0 || memoryBytes < 1) {
            throw new IllegalArgumentException("wants argv, soft <= hard and memory-bytes > 0");
        }
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
    }

    /** Names that may pass from the worker's environment to the command's. */
    List<String> passed() {
        return Stream.concat(ALWAYS.stream(), environment.stream()).toList();
    }
}
