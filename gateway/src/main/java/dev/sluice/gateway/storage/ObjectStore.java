package dev.sluice.gateway.storage;

/**
 * An object store as the gateway needs it: objects appear whole, checked and once, or never. Thread-safe. The real store and the fake of
 * the tests pass the same contract test.
 */
public interface ObjectStore {
    /**
     * Prepares to store an object. For a known length over zero it returns once the store is willing to read the body ({@code 100
     * Continue}): until then nothing of the client's body has been read. An unknown length takes a part buffer from the budget.
     *
     * @throws StorageException the store refuses or cannot be reached, or (BUDGET) no buffer is free
     */
    PendingObject begin(NewObject object);

    /** True when the store answers and the bucket is there; for readiness, at most a few seconds. */
    boolean reachable();

    /** How many more objects of unknown length can be begun now; for metrics. */
    int freePartBuffers();
}
