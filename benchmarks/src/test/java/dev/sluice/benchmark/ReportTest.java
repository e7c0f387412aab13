package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final Report report = new Report("relay");

    @Test
    void rowsHaveADashWhereTheyHaveNoFigure() {
        report.figure("a", "x", "1");
        report.figure("b", "y", "2");

        assertThat(report.markdown()).isEqualTo("""
                | relay | x | y |
                |---|---|---|
                | a | 1 | – |
                | b | – | 2 |
                """);
    }

    @Test
    void notesStandBelowTheTable() {
        report.figure("a", "x", "1");
        report.note("It was loud.");
        report.note("And late.");

        assertThat(report.markdown()).endsWith("| a | 1 |\n\n* It was loud.\n* And late.\n");
    }

    @Test
    void samplesAreOneALineWithTextsNumbersAndLists() {
        report.sample(Map.of("way", "Sluice", "round", 2, "ms", List.of(1.00049, 20.0)));
        report.sample(Map.of("way", "SDK"));

        String json = report.json(new Machine("here"));

        assertThat(json).contains("\n{\"ms\":[1,20],\"round\":2,\"way\":\"Sluice\"},\n{\"way\":\"SDK\"}\n");
        JsonObject read = Json.createReader(new StringReader(json)).readObject();
        assertThat(read.getString("machine")).isEqualTo("here");
        assertThat(read.getJsonArray("samples")).hasSize(2);
    }
}
