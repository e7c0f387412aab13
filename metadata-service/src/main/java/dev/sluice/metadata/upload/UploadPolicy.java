package dev.sluice.metadata.upload;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where uploads go and how large they may be ({@code metadata.bucket}, {@code metadata.key-prefix}, {@code metadata.max-upload-bytes});
 * {@code chosen} are the buckets that only the application sends them to ({@code metadata.authorize.buckets}).
 */
public record UploadPolicy(String bucket, Set<String> chosen, String keyPrefix, long maxBytes) {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu/MM/dd").withZone(ZoneOffset.UTC);

    public UploadPolicy {
        chosen = Set.copyOf(chosen);
    }

    /** Whether uploads may go there. */
    public boolean takes(String bucket) {
        return bucket.equals(this.bucket) || chosen.contains(bucket);
    }

    /** All of them. */
    public Stream<String> buckets() {
        return Stream.concat(Stream.of(bucket), chosen.stream());
    }

    /** The key of a request's object: no two requests share one. */
    public String key(String request, long now) {
        return keyPrefix + DAY.format(Instant.ofEpochMilli(now)) + "/" + request;
    }

    /** Whether only we may have put an object there. */
    public boolean ours(String bucket, String key) {
        return takes(bucket) && key.startsWith(keyPrefix);
    }
}
