package dev.sluice.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What {@code time} wrote down about a command; it writes nothing when it is killed itself. */
record Usage(OptionalLong cpuMillis, OptionalLong maxRssBytes, OptionalInt commandExit) {
    /** User seconds, system seconds, peak resident KiB, the command's own exit code (0 after a signal). */
    static final String FORMAT = "%U %S %M %x";

    private static final int SIGNAL_BASE = 128;

    /** {@code cpuSeen}: what {@code /proc} showed before the end, for a command that was killed. */
    static Usage read(Path file, Duration cpuSeen) {
        try {
            List<String> lines = Files.readAllLines(file);
            String[] words = lines.isEmpty() ? new String[0] : lines.getLast().split(" ", -1);
            if (words.length == 4) {
                double seconds = Double.parseDouble(words[0]) + Double.parseDouble(words[1]);
                return new Usage(
                        OptionalLong.of(Math.round(seconds * 1000)),
                        OptionalLong.of(Long.parseLong(words[2]) * 1024),
                        OptionalInt.of(Integer.parseInt(words[3])));
            }
        } catch (IOException | NumberFormatException e) {
            // killed before it wrote, or in the middle of it
        }
        OptionalLong seen = cpuSeen.isZero() ? OptionalLong.empty() : OptionalLong.of(cpuSeen.toMillis());
        return new Usage(seen, OptionalLong.empty(), OptionalInt.empty());
    }

    /** {@code time} reports a signal as 128 + its number, which a command may also choose as its exit code. */
    boolean endedBySignal(int exit) {
        return exit > SIGNAL_BASE && commandExit.orElse(0) == 0;
    }
}
