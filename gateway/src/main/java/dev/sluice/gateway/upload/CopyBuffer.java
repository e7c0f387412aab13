package dev.sluice.gateway.upload;

import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StoredObject;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The bytes of one upload that are here and not yet passed on. Small while its client is waited for, which is most of the time of a slow
 * upload, and as large as configured for one that fills it quickly. Belongs to one thread.
 */
final class CopyBuffer {
    /** What Helidon reads at once: a smaller one would only be filled more often. */
    private static final int SMALL = 8 << 10;
    /** So many quick fills in a row are a fast client; fewer may be one that sends much now and then. */
    private static final int FAST = 8;

    private final int large;
    private final LongSupplier nanoTime;
    private byte[] bytes = sized(SMALL);
    private int held;
    private long passedOn;
    /** The first fill decides about the rest: a small file must not be sent in small pieces. */
    private int quickFills = FAST - 1;

    CopyBuffer(int large) {
        this(large, System::nanoTime);
    }

    CopyBuffer(int large, LongSupplier nanoTime) {
        this.large = large;
        this.nanoTime = nanoTime;
    }

    /** One byte more than is passed on at a time: writes then fall together with the store's chunks. */
    private static byte[] sized(int size) {
        return new byte[size + 1];
    }

    private int size() {
        return bytes.length - 1;
    }

    /** Reads behind what is held until a write is due, the body has ended, or its client has had its time. */
    void fill(ReceivedBody body) {
        fillAsItIs(body);
        if (quickFills >= FAST && size() < large && !body.ended()) {
            bytes = Arrays.copyOf(bytes, large + 1);
            fillAsItIs(body);
        }
    }

    private void fillAsItIs(ReceivedBody body) {
        int before = held;
        int due = size() - (int) (passedOn % size());
        long begin = nanoTime.getAsLong();
        held = body.fill(bytes, held, due + 1);
        quickFills = quick(held - before, nanoTime.getAsLong() - begin) ? quickFills + 1 : 0;
    }

    /** Whether a large one would be full in time at this rate. */
    private boolean quick(int count, long nanos) {
        return nanos * large <= count * ReceivedBody.LONGEST_FILL.toNanos();
    }

    /** Passes on all but one byte: the end stays here until every check has passed (docs/upload-life.md rule 3). */
    void passOn(PendingObject object) {
        int count = held - 1;
        object.write(bytes, 0, count);
        passedOn += count;
        byte last = bytes[count];
        if (quickFills == 0 && size() > SMALL) {
            bytes = sized(SMALL);
        }
        bytes[0] = last;
        held = 1;
    }

    /** Passes on the end, too. */
    StoredObject commit(PendingObject object) {
        return object.commit(bytes, 0, held);
    }
}
