package dev.sluice.gateway.s3;

import java.net.URI;
import java.time.Duration;

/** The identity that may read and do nothing else, where clients reach the store, and how long an address is good for. */
public record ReaderConfig(
        URI publicUrl,
        StoreAddress.Addressing addressing,
        String region,
        String accessKey,
        String secretKey,
        Duration lifetime) {
    /** SigV4 allows no more. */
    private static final Duration LONGEST = Duration.ofDays(7);

    public ReaderConfig {
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("gateway.object-url-lifetime must be one second to seven days");
        }
    }

    @Override
    public String toString() {
        return "ReaderConfig[publicUrl=" + publicUrl + ", addressing=" + addressing + ", region=" + region
                + ", accessKey=" + accessKey + ", secretKey=(secret), lifetime=" + lifetime + "]";
    }
}
