package dev.sluice.worker.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A process as {@code /proc} shows it at one moment; start time in clock ticks since boot, cpu with that of waited-for children. */
public record ProcStat(long pid, long group, long startTicks, Duration cpu) {
    private static final Path PROC = Path.of("/proc");
    /** Linux reports in 100ths of a second to user space whatever the kernel's own tick is. */
    private static final int MILLIS_PER_TICK = 10;

    /** Empty when there is no such process. */
    public static Optional<ProcStat> of(long pid) {
        try {
            String line = Files.readString(PROC.resolve(pid + "/stat"));
            // the name in brackets may hold anything, so count from its end; field 3 (state) is words[0]
            String[] words = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = 0;
            for (int field = 14; field <= 17; field++) {
                ticks += Long.parseLong(words[field - 3]);
            }
            return Optional.of(new ProcStat(
                    pid,
                    Long.parseLong(words[5 - 3]),
                    Long.parseLong(words[22 - 3]),
                    Duration.ofMillis(ticks * MILLIS_PER_TICK)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** All processes of a group that can be seen now. */
    static List<ProcStat> ofGroup(long group) {
        List<ProcStat> members = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : all) {
                of(Long.parseLong(process.getFileName().toString()))
                        .filter(stat -> stat.group() == group)
                        .ifPresent(members::add);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot read /proc", e);
        }
        return members;
    }

    /** Resident bytes now. */
    public static OptionalLong residentBytes(long pid) {
        return statusBytes(pid, "VmRSS:");
    }

    /** The most resident bytes that the process ever had. */
    static OptionalLong peakBytes(long pid) {
        return statusBytes(pid, "VmHWM:");
    }

    private static OptionalLong statusBytes(long pid, String name) {
        try {
            for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
                if (line.startsWith(name)) {
                    String kilobytes =
                            line.substring(name.length()).replace("kB", "").strip();
                    return OptionalLong.of(Long.parseLong(kilobytes) * 1024);
                }
            }
        } catch (IOException e) {
            // it has ended
        }
        return OptionalLong.empty();
    }

    /** Whether the environment that the process was started with holds this {@code NAME=value}. */
    static boolean hasEnvironment(long pid, String entry) {
        try {
            String environment = "\0" + Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1);
            return environment.contains("\0" + entry + "\0");
        } catch (IOException e) {
            return false;
        }
    }
}
