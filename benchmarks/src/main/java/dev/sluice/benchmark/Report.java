package dev.sluice.benchmark;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What one benchmark found: rows of figures in the order in which they came, every single measurement beside them. */
final class Report {
    private final String name;
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    private final List<Map<String, String>> samples = new ArrayList<>();

    Report(String name) {
        this.name = name;
    }

    /** Sets one cell of the table. */
    void figure(String row, String column, String value) {
        rows.computeIfAbsent(row, key -> new LinkedHashMap<>()).put(column, value);
    }

    /** Keeps one measurement as it came. */
    void sample(Map<String, String> values) {
        samples.add(Map.copyOf(values));
    }

    /** The table as Markdown. */
    String markdown() {
        List<String> columns = rows.values().stream()
                .flatMap(row -> row.keySet().stream())
                .distinct()
                .toList();
        StringBuilder text = new StringBuilder(
                "| " + name + " | " + String.join(" | ", columns) + " |\n|---" + "|---".repeat(columns.size()) + "|\n");
        rows.forEach((row, cells) -> text.append("| ")
                .append(row)
                .append(" | ")
                .append(columns.stream()
                        .map(column -> cells.getOrDefault(column, "–"))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
        return text.toString();
    }

    /** Writes the table as {@code NAME.md} and all measurements as {@code NAME.json}. */
    void write(Path folder, Machine machine) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".md"), markdown() + "\n" + machine.text() + "\n");
        JsonObjectBuilder all = Json.createObjectBuilder().add("machine", machine.text());
        var array = Json.createArrayBuilder();
        for (Map<String, String> sample : samples) {
            JsonObjectBuilder object = Json.createObjectBuilder();
            sample.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> object.add(entry.getKey(), entry.getValue()));
            array.add(object);
        }
        Files.writeString(
                folder.resolve(name + ".json"), all.add("samples", array).build() + "\n");
    }
}
