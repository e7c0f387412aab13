package dev.sluice.metadata.upload;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes those who wait for an upload, or a job, to end. May wake for nothing: the waiter looks again. Thread-safe. */
public final class Changes {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Watched> watched = new HashMap<>();

    /** Something about this one has changed. */
    public void happened(String id) {
        lock.lock();
        try {
            Watched known = watched.get(id);
            if (known != null) {
                known.changes++;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something has changed for everyone. */
    public void everywhere() {
        lock.lock();
        try {
            watched.values().forEach(known -> known.changes++);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sees every change from now on. */
    public Watch watch(String id) {
        lock.lock();
        try {
            Watched known = watched.computeIfAbsent(id, unknown -> new Watched());
            known.watchers++;
            return new Watch(id, known, known.changes);
        } finally {
            lock.unlock();
        }
    }

    /** One waiter; belongs to one thread. */
    public final class Watch implements AutoCloseable {
        private final String id;
        private final Watched known;
        private long seen;

        private Watch(String id, Watched known, long seen) {
            this.id = id;
            this.known = known;
            this.seen = seen;
        }

        /** Returns at the next change since the last call, or when the time is over. */
        public void await(long nanos) {
            lock.lock();
            try {
                long left = nanos;
                while (known.changes == seen && left > 0) {
                    left = changed.awaitNanos(left);
                }
                seen = known.changes;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                known.watchers--;
                if (known.watchers == 0) {
                    watched.remove(id);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Guarded by the lock. */
    private static final class Watched {
        private int watchers;
        private long changes;
    }
}
