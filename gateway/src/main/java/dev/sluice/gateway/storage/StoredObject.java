package dev.sluice.gateway.storage;

import java.util.Optional;

/** An object that the store has acknowledged. {@code crc32c} is base64 as S3 writes it, {@code etag} without quotes. */
public record StoredObject(ObjectKey key, long size, String crc32c, String etag, Optional<String> versionId) {}
