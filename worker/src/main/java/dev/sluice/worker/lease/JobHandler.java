package dev.sluice.worker.lease;

/** Works jobs of some kinds; called by many threads at once. */
@FunctionalInterface
public interface JobHandler {
    /** An interrupt means that the lease is gone: all work of the job is ended before the exception leaves. */
    Outcome work(Lease lease) throws InterruptedException;
}
