package dev.sluice.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What was measured on, and when; load is that of the last minute before. */
record Machine(String text) {
    static Machine now() throws IOException {
        String model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        return new Machine(String.join(
                ", ",
                Runtime.getRuntime().availableProcessors() + " × " + model,
                "Linux " + System.getProperty("os.version"),
                "Java " + Runtime.version(),
                "load before " + load,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()));
    }
}
