package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What {@code jcmd} says about the heap of another process. */
public final class Jvm {
    private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K");

    private Jvm() {}

    /** Bytes that are alive after a collection; nothing when the process is no JVM with the serial collector. */
    public static OptionalLong liveBytes(long pid) {
        // any other process would take jcmd's knock for the signal to quit
        if (!isJvm(pid)) {
            return OptionalLong.empty();
        }
        jcmd(pid, "GC.run");
        // once more: what waited to be cleaned up after the first
        jcmd(pid, "GC.run");
        return usedBytes(jcmd(pid, "GC.heap_info"));
    }

    /** The sum of the serial collector's generations. */
    static OptionalLong usedBytes(String heapInfo) {
        List<Long> used = USED.matcher(heapInfo)
                .results()
                .map(generation -> Long.parseLong(generation.group(1)) << 10)
                .toList();
        return used.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(used.stream().mapToLong(Long::longValue).sum());
    }

    private static boolean isJvm(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("java");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jcmd(long pid, String command) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid),
                            command)
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
