package dev.sluice.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A stream whose bytes another thread hands over where they lie, without a copy in between. One thread writes, one reads. */
final class HandedOver extends InputStream {
    private static final int LOOK_MS = 5;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SynchronousQueue<ByteBuffer> pieces = new SynchronousQueue<>();
    private final SynchronousQueue<ByteBuffer> emptied = new SynchronousQueue<>();
    private ByteBuffer piece = NOTHING;
    private boolean ended;

    /** Returns when the bytes have been read, or false when nobody reads them any more. */
    boolean handOver(byte[] buffer, int offset, int length, BooleanSupplier readerGone) throws InterruptedException {
        return length == 0 || (offer(ByteBuffer.wrap(buffer, offset, length), readerGone) && awaitEmptied(readerGone));
    }

    /** Says that all has been handed over; a reader that has counted may not ask for it. */
    void end(BooleanSupplier readerGone) throws InterruptedException {
        offer(NOTHING, readerGone);
    }

    private boolean offer(ByteBuffer bytes, BooleanSupplier readerGone) throws InterruptedException {
        while (!pieces.offer(bytes, LOOK_MS, TimeUnit.MILLISECONDS)) {
            if (readerGone.getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    private boolean awaitEmptied(BooleanSupplier readerGone) throws InterruptedException {
        while (emptied.poll(LOOK_MS, TimeUnit.MILLISECONDS) == null) {
            if (readerGone.getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            if (!piece.hasRemaining() && !ended) {
                piece = pieces.take();
                ended = !piece.hasRemaining();
            }
            if (ended) {
                return -1;
            }
            int count = Math.min(length, piece.remaining());
            piece.get(target, offset, count);
            if (!piece.hasRemaining()) {
                emptied.put(piece);
            }
            return count;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
