package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void medianIsTheMiddleOrBetweenTheTwoInTheMiddle() {
        assertThat(Statistics.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Statistics.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    }

    @Test
    void percentileIsTheSmallestValueThatSoManyDoNotExceed() {
        List<Double> values =
                IntStream.rangeClosed(1, 200).mapToObj(Double::valueOf).toList();

        assertThat(Statistics.percentile(values, 50)).isEqualTo(100.0);
        assertThat(Statistics.percentile(values, 99)).isEqualTo(198.0);
        assertThat(Statistics.percentile(List.of(7.0), 99)).isEqualTo(7.0);
    }
}
