package dev.sluice.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.storage.ObjectKey;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CopyBufferTest {
    private static final int LARGE = 64 << 10;
    private static final int SMALL = 8 << 10;
    private static final int WHOLE = 10 * LARGE;

    private final byte[] content = new byte[WHOLE];
    private final Recorder object = new Recorder();
    private Duration now = Duration.ZERO;

    CopyBufferTest() {
        new Random(1).nextBytes(content);
    }

    @Test
    void passesOnLargePiecesOfAFastClient() {
        relay(WHOLE, WHOLE);

        assertThat(object.pieces).hasSize(9).containsOnly(LARGE);
        assertThat(object.stored.toByteArray()).isEqualTo(content);
    }

    @Test
    void isSmallForASlowClient() {
        relay(0, WHOLE);

        assertThat(object.pieces).hasSize(WHOLE / SMALL - 1).containsOnly(SMALL);
        assertThat(object.stored.toByteArray()).isEqualTo(content);
    }

    @Test
    void isLargeAgainForAClientThatHasBecomeFast() {
        relay(LARGE, 2 * LARGE + 3 * SMALL);

        List<Integer> pieces = object.pieces;
        assertThat(pieces).startsWith(LARGE, LARGE, SMALL);
        int last = pieces.lastIndexOf(SMALL);
        int untilLast =
                pieces.subList(0, last + 1).stream().mapToInt(Integer::intValue).sum();
        assertThat(last).isBetween(8, 16);
        assertThat((untilLast + pieces.get(last + 1)) % LARGE)
                .as("falls together with the store's chunks")
                .isZero();
        assertThat(pieces.subList(last + 2, pieces.size())).isNotEmpty().containsOnly(LARGE);
        assertThat(object.stored.toByteArray()).isEqualTo(content);
    }

    @Test
    void holdsBackTheOnlyByte() {
        CopyBuffer buffer = new CopyBuffer(LARGE, () -> now.toNanos());
        ReceivedBody body = body(new ByteArrayInputStream(content, 0, 1));

        buffer.fill(body);

        assertThat(body.ended()).isTrue();
        assertThat(buffer.commit(object).size()).isEqualTo(1);
    }

    /** Whatever is read of a part of the content takes a second. */
    private void relay(int slowFrom, int slowUntil) {
        CopyBuffer buffer = new CopyBuffer(LARGE, () -> now.toNanos());
        ReceivedBody body = body(new ByteArrayInputStream(content) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                if (pos >= slowFrom && pos < slowUntil) {
                    now = now.plusSeconds(1);
                }
                return super.read(target, offset, length);
            }
        });
        buffer.fill(body);
        while (!body.ended()) {
            buffer.passOn(object);
            buffer.fill(body);
        }
        buffer.commit(object);
    }

    private static ReceivedBody body(ByteArrayInputStream source) {
        return new ReceivedBody(
                source, new ReceivedBody.Bounds(OptionalLong.empty(), Long.MAX_VALUE, false), kind -> {});
    }

    /** Keeps what it is given. */
    private static final class Recorder implements PendingObject {
        private final List<Integer> pieces = new ArrayList<>();
        private final ByteArrayOutputStream stored = new ByteArrayOutputStream();

        @Override
        public void write(byte[] buffer, int offset, int length) {
            pieces.add(length);
            stored.write(buffer, offset, length);
        }

        @Override
        public StoredObject commit(byte[] buffer, int offset, int length) {
            stored.write(buffer, offset, length);
            return new StoredObject(new ObjectKey("uploads", "u/a"), stored.size(), "", "", Optional.empty());
        }

        @Override
        public void close() {}
    }
}
