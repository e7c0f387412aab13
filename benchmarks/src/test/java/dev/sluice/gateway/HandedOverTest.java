package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class HandedOverTest {
    private static final byte[] WORDS = "one two three".getBytes(StandardCharsets.US_ASCII);

    @Test
    void givesItsReaderWhatWasHandedOverAndThenTheEnd() throws Exception {
        HandedOver body = new HandedOver();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> read = threads.submit(body::readAllBytes);

            boolean first = body.handOver(WORDS, 0, 4, read::isDone);
            boolean second = body.handOver(WORDS, 4, WORDS.length - 4, read::isDone);
            body.end(read::isDone);

            assertThat(first).isTrue();
            assertThat(second).isTrue();
            assertThat(read.get()).isEqualTo(WORDS);
        }
    }

    @Test
    void tellsItsWriterThatNobodyReads() throws Exception {
        HandedOver body = new HandedOver();

        assertThat(body.handOver(WORDS, 0, WORDS.length, () -> true)).isFalse();
    }
}
