package dev.sluice.metadata.job;

/** A job to be inserted. */
record NewJob(
        String id,
        String uploadId,
        String owner,
        int attemptOf,
        String kind,
        String queue,
        String dedupKey,
        String config) {}
