package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentilesAreTheNearestRanksInMilliseconds() {
        Latencies latencies = new Latencies(200);
        for (int i = 0; i < latencies.size(); i++) {
            latencies.set(i, (200 - i) * 1_000_000L);
        }

        assertThat(latencies.millis(50)).isEqualTo(100.0);
        assertThat(latencies.millis(99)).isEqualTo(198.0);
        assertThat(latencies.millis(100)).isEqualTo(200.0);
    }

    @Test
    void everySingleOneIsKept() {
        Latencies latencies = new Latencies(2);
        latencies.set(0, 1_500_000);
        latencies.set(1, -20_000);
        Report report = new Report("figures");

        latencies.addTo(report, "row");

        assertThat(report.json(new Machine("here"))).contains("{\"ms\":[1.5,-0.02],\"row\":\"row\"}");
        assertThat(report.markdown()).contains("| row | -0.0 | 1.5 | 1.5 |");
    }
}
