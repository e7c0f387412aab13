package dev.sluice.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.upload.BodyException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReceivedBodyTest {
    private final CountDownLatch end = new CountDownLatch(1);
    private final ReceivedBody body = new ReceivedBody(
            new CutWhileWaiting(), new ReceivedBody.Bounds(OptionalLong.empty(), 1000, false), cut -> awaitEnd());

    @AfterEach
    void end() {
        end.countDown();
    }

    @Test
    void endsThoughTheClientDoesNotEvenTakeTheAnswer() {
        assertThatThrownBy(() -> body.fill(new byte[10], 0, 10)).isInstanceOfSatisfying(BodyException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.TOO_SLOW);
            assertThat(e.detail()).isEqualTo("Nothing came.");
        });

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing ever comes, and the first who waits is given up. */
    private final class CutWhileWaiting extends InputStream {
        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            body.cutIfWaiting(Kind.TOO_SLOW, "Nothing came.");
            awaitEnd();
            throw new InterruptedIOException("as a socket does");
        }
    }
}
