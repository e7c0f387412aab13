package dev.sluice.metadata.runtime;

import java.security.SecureRandom;
import java.util.UUID;

/** Makes UUIDs of version 7 (RFC 9562 §5.7): ordered by time to the millisecond, random beyond. Thread-safe. */
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    public static String next(long nowMillis) {
        long random = RANDOM.nextLong();
        long high = (nowMillis << 16) | 0x7000 | (random & 0xFFF);
        long low = (RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
