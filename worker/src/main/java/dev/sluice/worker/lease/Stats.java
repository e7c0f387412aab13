package dev.sluice.worker.lease;

/** What this worker says about itself with every request for leases. */
public record Stats(long rssBytes, long cpuMillis) {}
