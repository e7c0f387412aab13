package dev.sluice.metadata.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {
    @Test
    void nothingSentBeginsALineOfItsOwnOrFillsTheLog() {
        assertThat(LogText.of("/jobs/1\n2026 upload completed\u001b[2J"))
                .isEqualTo("/jobs/1?2026?upload?completed?[2J");
        assertThat(LogText.of("x".repeat(5000))).hasSize(200);
    }
}
