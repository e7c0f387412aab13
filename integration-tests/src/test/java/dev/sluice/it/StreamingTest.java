package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes flow through nginx and gateway; none of them is kept on the way. */
class StreamingTest {
    private static final Stack STACK = new Stack(
            "streaming",
            Options.plain().withProxies().patient().gateway("gateway.stall=PT60S", "storage.answer-timeout=PT60S"));
    private static final long SIZE = 24_000_000;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @ParameterizedTest(name = "chunked {0}")
    @ValueSource(booleans = {false, true})
    void theStoreSeesBytesWhileTheClientStillSends(boolean chunked) throws IOException {
        Sending plain = Sending.of("stream-" + chunked, new Payload(1, SIZE));
        Sending sending = chunked ? plain.inChunks() : plain;
        // of unknown length only full parts are sent on
        long lag = chunked ? 5_242_880 + 1_000_000 : 1_000_000;
        try (RawUpload upload = sending.open(STACK);
                InputStream bytes = sending.payload().stream()) {
            long before = STACK.toStore().toServer();
            for (long sent = 0; sent < SIZE; sent += SIZE / 4) {
                upload.sendSlowly(bytes, SIZE / 4, 16_000_000);
                long atLeast = sent + SIZE / 4 - lag;

                Await.until(
                        "the store has " + atLeast,
                        Times.SETTLED,
                        () -> STACK.toStore().toServer() - before >= Math.min(atLeast, SIZE - lag));
                assertThat(STACK.nginxBodyFiles()).isEmpty();
            }
            upload.finish();
            assertThat(upload.answer(Times.SETTLED).status()).isEqualTo(201);
        }
    }

    @Test
    void theGatewayWritesNothingToDisk() throws IOException {
        Sending sending = Sending.of("no-disk", new Payload(2, 64 << 20));
        long before = STACK.gateway().io("write_bytes");

        assertThat(sending.send(STACK).status()).isEqualTo(201);
        assertThat(sending.inChunks().send(STACK).status()).isEqualTo(201);

        // its log is a file here
        assertThat(STACK.gateway().io("write_bytes") - before).isLessThan(64 * 1024);
        assertThat(STACK.nginxBodyFiles()).isEmpty();
    }
}
