package dev.sluice.metadata.event;

import java.util.regex.Pattern;

/** Keys under which S3Proxy keeps the parts of unfinished multipart uploads: it serves them, but they are nobody's objects. */
final class StoreInternals {
    private static final Pattern SEGMENT = Pattern.compile("(^|/)\\.(mpus|s3proxy)-");

    private StoreInternals() {}

    static boolean has(String key) {
        return SEGMENT.matcher(key).find();
    }
}
