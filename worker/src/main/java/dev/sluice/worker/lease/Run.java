package dev.sluice.worker.lease;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What one run of a job cost and left behind. */
public record Run(
        OptionalInt exitCode, OptionalLong cpuMillis, OptionalLong maxRssBytes, Duration wall, String outputTail) {

    JsonObject json() {
        JsonObjectBuilder json = Json.createObjectBuilder();
        exitCode.ifPresentOrElse(code -> json.add("exit_code", code), () -> json.addNull("exit_code"));
        cpuMillis.ifPresentOrElse(millis -> json.add("cpu_ms", millis), () -> json.addNull("cpu_ms"));
        maxRssBytes.ifPresentOrElse(bytes -> json.add("max_rss_bytes", bytes), () -> json.addNull("max_rss_bytes"));
        return json.add("wall_ms", wall.toMillis())
                .add("output_tail", outputTail)
                .build();
    }
}
