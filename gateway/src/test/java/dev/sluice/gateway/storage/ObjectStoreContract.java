package dev.sluice.gateway.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ObjectStore} does; the real one and the fake both pass. */
public abstract class ObjectStoreContract {
    protected static final int PART = 5 << 20;
    private static final int BUFFER = 64 << 10;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ObjectKey key = new ObjectKey("uploads", "u/contract-" + NUMBER.incrementAndGet());

    protected abstract ObjectStore store();

    /** The stored bytes, or nothing when there is no such object. */
    protected abstract Optional<byte[]> read(ObjectKey key);

    /** {@code Content-Type} and {@code x-amz-meta-upload-id} of the object, with a blank between. */
    protected abstract String metadata(ObjectKey key);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, BUFFER, BUFFER + 1, 3 * BUFFER, PART + 1})
    void storesBodyOfKnownLength(int size) {
        byte[] body = body(size);

        StoredObject stored = put(OptionalLong.of(size), body, BUFFER);

        assertStored(stored, body);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 12345})
    void storesBodyOfUnknownLength(int size) {
        byte[] body = body(size);

        StoredObject stored = put(OptionalLong.empty(), body, BUFFER);

        assertStored(stored, body);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 999, BUFFER + 7, 200_000})
    void storesTheSameWhateverTheSizesOfWrites(int buffer) {
        byte[] body = body(200_001);

        StoredObject stored = put(OptionalLong.of(body.length), body, buffer);

        assertStored(stored, body);
    }

    @Test
    void hasNoObjectBeforeTheEndIsCommitted() {
        byte[] body = body(3 * BUFFER);

        try (PendingObject pending = store().begin(object(OptionalLong.of(body.length)))) {
            pending.write(body, 0, body.length - 1);

            assertThat(read(key)).isEmpty();

            pending.commit(body, body.length - 1, 1);
        }
        assertThat(read(key)).contains(body);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2 * BUFFER, 2 * PART})
    void leavesNothingWhenClosedWithoutCommit(int written) {
        byte[] body = body(written);

        try (PendingObject pending = store().begin(object(OptionalLong.of(3L * PART)))) {
            pending.write(body, 0, written);
        }
        try (PendingObject pending = store().begin(object(OptionalLong.empty()))) {
            pending.write(body, 0, written);
        }

        assertThat(read(key)).isEmpty();
    }

    @Test
    void refusesToSendTheEndByWrite() {
        try (PendingObject pending = store().begin(object(OptionalLong.of(10)))) {
            assertThatThrownBy(() -> pending.write(body(10), 0, 10)).isInstanceOf(IllegalStateException.class);
        }

        assertThat(read(key)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 11})
    void refusesAnEndThatIsNotAsDeclared(int size) {
        try (PendingObject pending = store().begin(object(OptionalLong.of(10)))) {
            assertThatThrownBy(() -> pending.commit(body(size), 0, size)).isInstanceOf(IllegalStateException.class);
        }

        assertThat(read(key)).isEmpty();
    }

    @Test
    void closesTwice() {
        PendingObject pending = store().begin(object(OptionalLong.empty()));

        pending.close();
        pending.close();

        assertThat(read(key)).isEmpty();
    }

    @Test
    void isReachable() {
        assertThat(store().reachable()).isTrue();
    }

    protected final NewObject object(OptionalLong length) {
        return new NewObject(key, "up_" + key.key().hashCode(), "text/plain", length);
    }

    private StoredObject put(OptionalLong length, byte[] body, int buffer) {
        try (PendingObject pending = store().begin(object(length))) {
            int at = 0;
            for (; body.length - at > buffer; at += buffer) {
                pending.write(body, at, buffer);
            }
            return pending.commit(body, at, body.length - at);
        }
    }

    private void assertStored(StoredObject stored, byte[] body) {
        var crc = new CRC32C();
        crc.update(body);
        assertThat(stored.key()).isEqualTo(key);
        assertThat(stored.size()).isEqualTo(body.length);
        assertThat(stored.crc32c()).isEqualTo(Crc32c.text(crc));
        assertThat(stored.etag()).isNotEmpty().doesNotContain("\"");
        assertThat(read(key)).contains(body);
        assertThat(metadata(key)).isEqualTo("text/plain up_" + key.key().hashCode());
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }
}
