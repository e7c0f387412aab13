package dev.sluice.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What {@code jcmd} says about the heap of another process. */
final class Jvm {
    private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K");

    private Jvm() {}

    /** Bytes that are alive after a collection; nothing when the process is no JVM with the serial collector. */
    static OptionalLong liveBytes(long pid) throws IOException, InterruptedException {
        // any other process would take jcmd's knock for the signal to quit
        if (!Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("java")) {
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

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
