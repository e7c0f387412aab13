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
        Optional<Long> storedAt) {

    /** Whether all agrees that both this and a completed upload know. */
    boolean fits(Upload completed) {
        return completed.size().equals(Optional.of(size))
                && agree(completed.crc32c(), crc32c)
                && agree(completed.sha256(), sha256)
                && agree(completed.etag(), etag)
                && agree(completed.versionId(), versionId);
    }

    private static boolean agree(Optional<String> known, Optional<String> said) {
        return known.isEmpty() || said.isEmpty() || known.equals(said);
    }
}
