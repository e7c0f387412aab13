package dev.sluice.gateway.storage;

import java.util.Optional;

/** An object that somebody may read; its key may be of somebody else's making. {@code filename} is the client's name for it. */
public record ReadableObject(String bucket, String key, Optional<String> versionId, Optional<String> filename) {}
