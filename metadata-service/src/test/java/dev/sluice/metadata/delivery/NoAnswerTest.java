package dev.sluice.metadata.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

/** What cannot be had from a socket at will; {@link SenderTest} has the rest. */
class NoAnswerTest {
    @Test
    void saysWhatKeptUsFromConnecting() {
        Throwable noHost = new ConnectException().initCause(new UnresolvedAddressException());

        assertThat(NoAnswer.words(noHost)).isEqualTo("no such host");
        assertThat(NoAnswer.words(new HttpConnectTimeoutException("HTTP connect timed out")))
                .isEqualTo("no connection in time");
        assertThat(NoAnswer.words(new ConnectException("Network is unreachable")))
                .isEqualTo("Network is unreachable");
        assertThat(NoAnswer.words(new SocketException("Connection reset"))).isEqualTo("Connection reset");
    }

    @Test
    void quotesNothingOfTheAnswer() {
        assertThat(NoAnswer.words(new NumberFormatException("For input string: secret")))
                .isEqualTo("no answer that can be read");
    }
}
