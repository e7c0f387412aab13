package dev.sluice.gateway.s3;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/** The budget of memory for objects of unknown length. Thread-safe. */
final class PartBuffers {
    private final int size;
    private final Semaphore free;
    private final Queue<byte[]> used = new ConcurrentLinkedQueue<>();

    PartBuffers(int count, int size) {
        this.size = size;
        this.free = new Semaphore(count);
    }

    /** A buffer with anything in it, or nothing when all are taken. */
    Optional<byte[]> take() {
        if (!free.tryAcquire()) {
            return Optional.empty();
        }
        byte[] buffer = used.poll();
        return Optional.of(buffer == null ? new byte[size] : buffer);
    }

    int free() {
        return free.availablePermits();
    }

    void giveBack(byte[] buffer) {
        used.add(buffer);
        free.release();
    }
}
