package dev.sluice.worker.store;

import java.util.Optional;

/** What the store says about an object: {@code crc32c} only when it covers the whole object, {@code hasChecksum} for any. */
public record ObjectHead(
        long size,
        Optional<String> etag,
        Optional<String> versionId,
        boolean hasChecksum,
        Optional<String> crc32c,
        Optional<String> uploadId) {}
