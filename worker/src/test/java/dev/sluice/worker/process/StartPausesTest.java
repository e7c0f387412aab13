package dev.sluice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StartPausesTest {
    private final AtomicLong now = new AtomicLong(-5);
    private final StartPauses pauses = new StartPauses(now::get);

    @Test
    void growWithEachFailureUpToALimit() {
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pauses.failed();
            seen.add(pauses.left().toMillis());
        }

        assertThat(seen).containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L);
    }

    @Test
    void passWithTime() {
        pauses.failed();

        now.addAndGet(Duration.ofMillis(200).toNanos());
        assertThat(pauses.left()).isEqualTo(Duration.ofMillis(50));
        now.addAndGet(Duration.ofMillis(200).toNanos());
        assertThat(pauses.left()).isZero();
    }

    @Test
    void areForgottenOnceAChildIsUp() {
        pauses.failed();
        pauses.failed();

        pauses.succeeded();

        assertThat(pauses.left()).isZero();
        pauses.failed();
        assertThat(pauses.left()).isEqualTo(Duration.ofMillis(250));
    }
}
