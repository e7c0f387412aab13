package dev.sluice.metadata.upload;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Where uploads go and how large they may be ({@code metadata.bucket}, {@code metadata.key-prefix}, {@code metadata.max-upload-bytes}). */
public record UploadPolicy(String bucket, String keyPrefix, long maxBytes) {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu/MM/dd").withZone(ZoneOffset.UTC);

    /** The key of a request's object: no two requests share one. */
    public String key(String request, long now) {
        return keyPrefix + DAY.format(Instant.ofEpochMilli(now)) + "/" + request;
    }

    /** Whether only we may have put an object there. */
    public boolean ours(String bucket, String key) {
        return bucket.equals(this.bucket) && key.startsWith(keyPrefix);
    }
}
