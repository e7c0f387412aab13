package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundsTest {
    @Test
    void theTableHasTheMediansWithoutTheWarmUpWhichIsKept() {
        Report report = new Report("completions");
        Rounds rounds = new Rounds(report, "alone");
        double[] perSecond = {1, 7000, 5000, 6000.4};

        for (int round = 0; round < perSecond.length; round++) {
            rounds.add(round, new LinkedHashMap<>(Map.of("1/s", perSecond[round])));
        }

        assertThat(report.markdown()).contains("| alone | 6000 |");
        assertThat(report.json(new Machine(""))).contains("{\"1/s\":1,\"round\":0,\"row\":\"alone\"}");
    }
}
