package dev.sluice.gateway.storage;

import dev.sluice.gateway.storage.StorageException.Kind;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.NullMarked;

/**
 * A fake store that passes the contract test of the real one, and that fails or blocks where a test tells it to. Thread-safe; set the
 * switches before the upload begins.
 */
@NullMarked
public final class InMemoryObjectStore implements ObjectStore {
    /** Where a failure or a block happens. */
    public enum Point {
        BEGIN,
        WRITE,
        COMMIT
    }

    /** A gate that the store's thread waits at. */
    public record Gate(CountDownLatch reached, CountDownLatch open) {}

    private final Map<ObjectKey, NewObject> objects = new ConcurrentHashMap<>();
    private final Map<ObjectKey, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<Point, Kind> failures = new EnumMap<>(Point.class);
    private final Map<Point, Gate> gates = new EnumMap<>(Point.class);
    private final Set<Point> broken = EnumSet.noneOf(Point.class);
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger aborted = new AtomicInteger();
    private final CountDownLatch firstBegin = new CountDownLatch(1);
    private final CountDownLatch firstAbort = new CountDownLatch(1);
    private volatile boolean reachable = true;
    private volatile boolean storesInDoubt;

    /** From now on the point throws a {@link StorageException} of this kind. */
    public void failAt(Point point, Kind kind) {
        failures.put(point, kind);
    }

    /** From now on the point throws what no store may throw: a mistake of ours. */
    public void breakAt(Point point) {
        broken.add(point);
    }

    /** A commit that fails with OUTCOME_UNKNOWN has stored the object nevertheless. */
    public void storeInDoubt() {
        storesInDoubt = true;
    }

    /** From now on the point waits until the gate is opened; an interrupt ends the wait as UNAVAILABLE, at commit as OUTCOME_UNKNOWN. */
    public Gate blockAt(Point point) {
        Gate gate = new Gate(new CountDownLatch(1), new CountDownLatch(1));
        gates.put(point, gate);
        return gate;
    }

    /** Ends what {@link #failAt} and {@link #blockAt} have begun, for later calls. */
    public void heal() {
        failures.clear();
        broken.clear();
        gates.clear();
    }

    public void reachable(boolean reachable) {
        this.reachable = reachable;
    }

    public Optional<byte[]> content(ObjectKey key) {
        return Optional.ofNullable(contents.get(key));
    }

    /** What is stored, whatever its key. */
    public Collection<byte[]> contents() {
        return contents.values();
    }

    /** The stored object as it was begun. */
    public Optional<NewObject> object(ObjectKey key) {
        return Optional.ofNullable(objects.get(key));
    }

    public int count() {
        return objects.size();
    }

    /** How many objects were begun and not closed yet. */
    public int pending() {
        return pending.get();
    }

    /** How many objects were to be begun, also in vain. */
    public int begun() {
        return begun.get();
    }

    /** How many objects were closed without a commit. */
    public int aborted() {
        return aborted.get();
    }

    public boolean awaitBegin() throws InterruptedException {
        return firstBegin.await(30, TimeUnit.SECONDS);
    }

    public boolean awaitAbort() throws InterruptedException {
        return firstAbort.await(30, TimeUnit.SECONDS);
    }

    @Override
    public PendingObject begin(NewObject object) {
        begun.incrementAndGet();
        firstBegin.countDown();
        pass(Point.BEGIN);
        pending.incrementAndGet();
        return new Pending(object);
    }

    @Override
    public boolean reachable() {
        return reachable;
    }

    @Override
    public int freePartBuffers() {
        return 1;
    }

    private void pass(Point point) {
        Gate gate = gates.get(point);
        if (gate != null) {
            gate.reached().countDown();
            await(gate.open(), point);
        }
        if (broken.contains(point)) {
            throw new IllegalStateException("told to break at " + point);
        }
        Kind kind = failures.get(point);
        if (kind != null) {
            throw new StorageException(kind, "told to fail at " + point);
        }
    }

    private static void await(CountDownLatch open, Point point) {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Kind kind = point == Point.COMMIT ? Kind.OUTCOME_UNKNOWN : Kind.UNAVAILABLE;
            throw new StorageException(kind, "interrupted", e);
        }
    }

    private final class Pending implements PendingObject {
        private final NewObject object;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private boolean committed;
        private boolean closed;

        private Pending(NewObject object) {
            this.object = object;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) {
            if (object.length().isPresent()
                    && body.size() + length >= object.length().getAsLong()) {
                throw new IllegalStateException("write of the end, which only commit may send");
            }
            pass(Point.WRITE);
            body.write(buffer, offset, length);
        }

        @Override
        public StoredObject commit(byte[] buffer, int offset, int length) {
            body.write(buffer, offset, length);
            if (object.length().isPresent() && body.size() != object.length().getAsLong()) {
                throw new IllegalStateException("end of " + body.size() + " bytes, declared were " + object.length());
            }
            if (storesInDoubt) {
                store();
            }
            pass(Point.COMMIT);
            store();
            committed = true;
            var crc = new CRC32C();
            crc.update(body.toByteArray());
            return new StoredObject(object.key(), body.size(), Crc32c.text(crc), "fake", Optional.empty());
        }

        private void store() {
            contents.put(object.key(), body.toByteArray());
            objects.put(object.key(), object);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                pending.decrementAndGet();
                if (!committed) {
                    aborted.incrementAndGet();
                    firstAbort.countDown();
                }
            }
        }
    }
}
