package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How often a command really ran: it appends the id of its upload to a file. */
public record Executions(Stack stack) {
    /** The content type whose uploads run it. */
    static final String TYPE = "application/x-count";

    private static final String KIND = "count";
    private static final String APPEND =
            "id=$(sed -n 's/.*\"upload_id\":\"\\([^\"]*\\)\".*/\\1/p'); echo \"$id\" >> @folder@/executions";

    public static Options in(Options options) {
        return options.command(KIND, "/bin/sh", "-c", APPEND);
    }

    /** Every completed upload of the type was counted, once for each attempt at most, and never another upload. */
    void check(String prefix) {
        Map<String, Long> counted = byUpload();
        List<JsonObject> jobs = jobs(prefix);
        assertThat(counted.keySet())
                .containsAll(
                        jobs.stream().map(job -> job.getString("upload_id")).toList());
        assertThat(jobs).isNotEmpty().allSatisfy(job -> assertThat(counted.get(job.getString("upload_id")))
                .isBetween(1L, (long) job.getJsonArray("attempts").size()));
    }

    /** The counting jobs of uploads whose file names begin so. */
    List<JsonObject> jobs(String prefix) {
        Api api = Api.of(stack);
        return api.uploads().stream()
                .filter(row -> row.getString("filename").startsWith(prefix))
                .flatMap(row -> api.upload(row.getString("upload_id")).getJsonArray("jobs").stream())
                .map(job -> api.job(job.asJsonObject().getString("job_id")))
                .filter(job -> job.getString("kind").equals(KIND))
                .toList();
    }

    public Map<String, Long> byUpload() {
        Path file = stack.folder().resolve("executions");
        if (!Files.exists(file)) {
            return Map.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.collect(Collectors.groupingBy(id -> id, Collectors.counting()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
