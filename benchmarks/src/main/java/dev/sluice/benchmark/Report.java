package dev.sluice.benchmark;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What one benchmark found: rows of figures in the order in which they came, every single measurement beside them. */
final class Report {
    private static final int DECIMALS = 3;

    private final String name;
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Map<String, ?>> samples = new ArrayList<>();

    Report(String name) {
        this.name = name;
    }

    /** Sets one cell of the table. */
    void figure(String row, String column, String value) {
        rows.computeIfAbsent(row, key -> new LinkedHashMap<>()).put(column, value);
    }

    /** Says below the table what its reader should know of this run. */
    void note(String text) {
        notes.add(text);
    }

    /** Keeps one measurement as it came: texts, numbers, and lists of numbers by their names. */
    void sample(Map<String, ?> values) {
        samples.add(Map.copyOf(values));
    }

    /** The table as Markdown, with the notes. */
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
        notes.forEach(note -> text.append(text.lastIndexOf("|\n") == text.length() - 2 ? "\n* " : "* ")
                .append(note)
                .append('\n'));
        return text.toString();
    }

    /** Writes the table as {@code NAME.md} and all measurements, one a line, as {@code NAME.json}. */
    void write(Path folder, Machine machine) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".md"), markdown() + "\n" + machine.text() + "\n");
        Files.writeString(folder.resolve(name + ".json"), json(machine));
    }

    String json(Machine machine) {
        return "{\"machine\":" + Json.createValue(machine.text()) + ",\"notes\":" + array(notes) + ",\"samples\":[\n"
                + samples.stream().map(Report::object).collect(Collectors.joining(",\n")) + "\n]}\n";
    }

    private static String object(Map<String, ?> sample) {
        JsonObjectBuilder object = Json.createObjectBuilder();
        sample.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> object.add(entry.getKey(), value(entry.getValue())));
        return object.build().toString();
    }

    private static JsonValue value(Object value) {
        return switch (value) {
            case Double number -> Json.createValue(rounded(number));
            case Number number -> Json.createValue(number.longValue());
            case List<?> list -> array(list);
            default -> Json.createValue(value.toString());
        };
    }

    /** Without needless digits, and never with an exponent. */
    private static BigDecimal rounded(double number) {
        BigDecimal brief = BigDecimal.valueOf(number)
                .setScale(DECIMALS, RoundingMode.HALF_UP)
                .stripTrailingZeros();
        return brief.setScale(Math.max(brief.scale(), 0));
    }

    private static JsonValue array(List<?> values) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        values.forEach(value -> array.add(value(value)));
        return array.build();
    }
}
