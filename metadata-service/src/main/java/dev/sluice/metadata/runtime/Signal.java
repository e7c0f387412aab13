package dev.sluice.metadata.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells waiting threads that something changed; a change between looking and waiting is not missed. Thread-safe. */
public final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long version;

    /** To be read before looking, and handed to {@link #await}. */
    public long version() {
        lock.lock();
        try {
            return version;
        } finally {
            lock.unlock();
        }
    }

    public void raise() {
        lock.lock();
        try {
            version++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns at once when the signal was raised since {@code seen}, else when it is, or after {@code maxMillis}. */
    public void await(long seen, long maxMillis) throws InterruptedException {
        long nanos = TimeUnit.MILLISECONDS.toNanos(maxMillis);
        lock.lockInterruptibly();
        try {
            while (version == seen && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
