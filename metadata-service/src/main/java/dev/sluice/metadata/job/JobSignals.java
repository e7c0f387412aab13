package dev.sluice.metadata.job;

import dev.sluice.metadata.runtime.Signal;
import dev.sluice.metadata.upload.Changes;

/** Wakes those who wait for jobs: workers for ready ones, clients for finished ones. Thread-safe. */
public final class JobSignals {
    private final Signal ready = new Signal();
    private final Changes ends = new Changes();
    private volatile boolean stopping;

    Signal ready() {
        return ready;
    }

    /** The ends of jobs, by job id. */
    Changes ends() {
        return ends;
    }

    /** From now on nobody waits. */
    public void stop() {
        stopping = true;
        ready.raise();
        ends.everywhere();
    }

    boolean stopping() {
        return stopping;
    }

    void jobsChanged() {
        ready.raise();
    }

    void jobEnded(String id) {
        ready.raise();
        ends.happened(id);
    }
}
