package dev.sluice.metadata.upload;

import java.util.Optional;

/** What the store holds under an attempt's key, seen by the gateway that put it there or by a check. */
public record Proof(
        long size,
        Optional<String> crc32c,
        Optional<String> sha256,
        Optional<String> etag,
        Optional<String> versionId,
        Optional<Long> receivedAt,
        Optional<Long> storedAt) {}
