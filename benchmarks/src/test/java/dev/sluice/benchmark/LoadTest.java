package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.stack.Await;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadTest {
    @Test
    void everyItemIsDoneOnce() throws Exception {
        Set<Integer> done = Collections.synchronizedSet(new HashSet<>());

        Load.Passed passed =
                Load.closed(4, 100, () -> number -> assertThat(done.add(number)).isTrue());

        assertThat(done).containsAll(IntStream.range(0, 100).boxed().toList());
        assertThat(passed.latencies().size()).isEqualTo(100);
        assertThat(passed.perSecond()).isPositive();
    }

    @Test
    void atARateALatencyCountsFromWhenItsItemWasDue() throws Exception {
        // the only client is held up by the first item for longer than all others take to come due
        Load.Passed passed = Load.open(1, 3, 100, () -> number -> {
            if (number == 0) {
                Await.pass(Duration.ofMillis(200));
            }
        });

        assertThat(passed.latencies().millis(0)).isGreaterThan(150);
    }
}
