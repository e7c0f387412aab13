package dev.sluice.metadata.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

class LogTextTest {
    @Test
    void nothingSentBeginsALineOfItsOwnOrFillsTheLog() {
        assertThat(LogText.of("/jobs/1\n2026 upload completed\u001b[2J"))
                .isEqualTo("/jobs/1?2026?upload?completed?[2J");
        assertThat(LogText.of("x".repeat(5000))).hasSize(200);
    }

    @Test
    void aFaultSaysWhatItIsAndQuotesNoAnswer() {
        assertThat(LogText.of(new ConnectException("Connection\nrefused")))
                .isEqualTo("java.net.ConnectException: Connection?refused");
        assertThat(LogText.of(new ConnectException())).isEqualTo("java.net.ConnectException");
        assertThat(LogText.of(new IOException("body exceeds limit: 16384")))
                .isEqualTo("java.io.IOException: body exceeds limit: 16384");
        assertThat(LogText.of(new IOException("bad header session=topsecret"))).isEqualTo("java.io.IOException");
        assertThat(LogText.of(new NumberFormatException("For input string: \"session=topsecret\"")))
                .isEqualTo("java.lang.NumberFormatException");
    }
}
