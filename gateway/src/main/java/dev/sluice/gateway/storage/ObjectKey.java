package dev.sluice.gateway.storage;

import java.util.Optional;
import java.util.regex.Pattern;

/** Where an object lies: made by the metadata service, never by a client. */
public record ObjectKey(String bucket, String key) {
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern KEY = Pattern.compile("[a-z0-9/_-]{1,512}");

    public ObjectKey {
        if (!valid(bucket, key)) {
            throw new IllegalArgumentException("not an object key: " + bucket + "/" + key);
        }
    }

    public static Optional<ObjectKey> parse(String bucket, String key) {
        return valid(bucket, key) ? Optional.of(new ObjectKey(bucket, key)) : Optional.empty();
    }

    private static boolean valid(String bucket, String key) {
        return BUCKET.matcher(bucket).matches() && KEY.matcher(key).matches();
    }
}
