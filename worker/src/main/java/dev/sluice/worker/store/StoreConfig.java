package dev.sluice.worker.store;

import dev.sluice.worker.tls.Trust;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Where the store is and who the worker is there. */
public record StoreConfig(
        Address address,
        String region,
        String accessKey,
        String secretKey,
        Duration connectTimeout,
        Duration urlLifetime) {

    /** {@code bucketInHost}: URLs are {@code bucket.host/key}, not {@code host/bucket/key}; without trust in somebody, the JVM's holds. */
    public record Address(URI url, boolean bucketInHost, Optional<Trust> trust) {
        public Address {
            if (trust.isPresent() && !url.getScheme().equals("https")) {
                throw new IllegalArgumentException("is for a storage.url with https");
            }
        }
    }

    @Override
    public String toString() {
        return "StoreConfig[url=" + address.url() + ", bucketInHost=" + address.bucketInHost() + ", region=" + region
                + ", accessKey=" + accessKey + ", secretKey=***]";
    }
}
