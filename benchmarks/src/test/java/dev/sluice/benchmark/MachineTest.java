package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void processorsAreBusyAsFarAsTheyNeitherRestNorWaitForADisk() {
        String before = "cpu  100 0 50 800 40 0 10 0 0 0";
        String after = "cpu  120 0 60 850 50 0 10 10 20 0";

        assertThat(Machine.busy(before, after)).isCloseTo(0.4, within(1e-9));
        assertThat(Machine.busy(before, before)).isZero();
    }
}
