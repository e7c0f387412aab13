package dev.sluice.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;

/** What was measured on, when, and what else it did: before the build, and just before the measurement. */
record Machine(String text) {
    private static final double AT_REST = 0.05;
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Waits until the processors have nothing to do, but no longer than that. */
    static Machine atRest(Duration longest) throws IOException, InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        double busy = busyNow();
        while (busy > AT_REST && System.nanoTime() < end) {
            busy = busyNow();
        }
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        return new Machine(String.join(
                ", ",
                Runtime.getRuntime().availableProcessors() + " × " + model,
                "Linux " + System.getProperty("os.version"),
                "Java " + Runtime.version(),
                "load before the build " + System.getProperty("sluice.load", "unknown"),
                "processors " + Math.round(busy * 100) + " % busy just before",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    private static double busyNow() throws IOException, InterruptedException {
        String before = processors();
        Thread.sleep(LOOK);
        return busy(before, processors());
    }

    private static String processors() throws IOException {
        return Files.readAllLines(Path.of("/proc/stat")).getFirst();
    }

    /** Which part of the time between two first lines of {@code /proc/stat} was not idle. */
    static double busy(String before, String after) {
        List<Long> earlier = times(before);
        List<Long> later = times(after);
        long all = sum(later) - sum(earlier);
        int idle = 3;
        long waiting = sum(later.subList(idle, idle + 2)) - sum(earlier.subList(idle, idle + 2));
        return all == 0 ? 0 : 1 - (double) waiting / all;
    }

    private static List<Long> times(String line) {
        // the guests' times at the end are part of the first two
        return Arrays.stream(line.split(" +"))
                .skip(1)
                .limit(8)
                .map(Long::valueOf)
                .toList();
    }

    private static long sum(List<Long> times) {
        return times.stream().mapToLong(Long::longValue).sum();
    }
}
