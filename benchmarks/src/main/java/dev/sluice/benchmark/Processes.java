package dev.sluice.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Processes by name, each with its children (nginx's workers), and what the kernel says about them. */
record Processes(Map<String, Long> pids) {
    /** USER_HZ, the same on every Linux that Java 25 runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Duration LONGEST_UNREST = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final double AT_REST = 0.03;

    /** CPU seconds of each since its start. */
    Map<String, Double> cpuSeconds() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        pids.forEach((name, pid) ->
                seconds.put(name, family(pid).mapToDouble(Processes::cpuSeconds).sum()));
        return seconds;
    }

    /** CPU seconds of each since an earlier moment. */
    Map<String, Double> cpuSecondsSince(Map<String, Double> before) {
        Map<String, Double> seconds = cpuSeconds();
        seconds.replaceAll((name, now) -> now - before.getOrDefault(name, 0.0));
        return seconds;
    }

    /** Memory of each in bytes, what it shares with others divided among them. */
    Map<String, Long> proportionalMemory() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        pids.forEach((name, pid) ->
                bytes.put(name, family(pid).map(Processes::proportionalMemory).sum()));
        return bytes;
    }

    /** Waits until none of them does anything worth counting: compilers, deletions in the background. The report says when one went on. */
    void awaitRest(Report report, String before) throws InterruptedException {
        long end = System.nanoTime() + LONGEST_UNREST.toNanos();
        double busy = busyNow();
        while (busy > AT_REST && System.nanoTime() < end) {
            busy = busyNow();
        }
        if (busy > AT_REST) {
            report.note("Not at rest within " + LONGEST_UNREST.toSeconds() + " s before " + before + ": "
                    + Statistics.text(busy, 2) + " CPU s in the last " + LOOK.toMillis() + " ms.");
        }
    }

    private double busyNow() throws InterruptedException {
        Map<String, Double> before = cpuSeconds();
        Thread.sleep(LOOK);
        return cpuSecondsSince(before).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    private static LongStream family(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMapToLong(process -> LongStream.concat(
                        LongStream.of(pid), process.descendants().mapToLong(ProcessHandle::pid)));
    }

    private static double cpuSeconds(long pid) {
        return cpuSeconds(String.join(" ", lines(pid, "stat")));
    }

    /** By {@code /proc/PID/stat}; the name in it may be of any characters. */
    static double cpuSeconds(String stat) {
        List<String> fields =
                Arrays.asList(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        int userTime = 11;
        return fields.subList(userTime, userTime + 2).stream().collect(Collectors.summingLong(Long::parseLong))
                / TICKS_PER_SECOND;
    }

    private static long proportionalMemory(long pid) {
        return lines(pid, "smaps_rollup").stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
    }

    private static List<String> lines(long pid, String file) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
