package dev.sluice.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    @Test
    void cpuSecondsAreUserAndSystemTimeWhateverTheProgramIsCalled() {
        String stat = "42 (a) (b) R 1 42 42 0 -1 4194304 100 0 0 0 1234 66 5 7 20 0 9 0 1000 0 0";

        assertThat(Processes.cpuSeconds(stat)).isEqualTo(13.0);
    }

    @Test
    void whoeverRestsIsNotSaidToBeUnrestful() throws Exception {
        Report report = new Report("rest");
        Process sleeping = new ProcessBuilder("sleep", "60").start();
        try {
            new Processes(Map.of("sleeping", sleeping.pid())).awaitRest(report, "this");
        } finally {
            sleeping.destroy();
        }

        assertThat(report.markdown()).doesNotContain("Not at rest");
    }
}
