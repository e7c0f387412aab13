package dev.sluice.gateway.storage;

import java.util.OptionalLong;

/**
 * What is about to be stored. {@code length} is absent when the client sends a chunked body; {@code contentType} and {@code uploadId}
 * become metadata of the object ({@code Content-Type}, {@code x-amz-meta-upload-id}).
 */
public record NewObject(ObjectKey key, String uploadId, String contentType, OptionalLong length) {}
