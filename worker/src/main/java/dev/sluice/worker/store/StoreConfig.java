package dev.sluice.worker.store;

import java.net.URI;
import java.time.Duration;

/** Where the store is and who the worker is there. */
public record StoreConfig(
        URI url, String region, String accessKey, String secretKey, Duration connectTimeout, Duration urlLifetime) {
    @Override
    public String toString() {
        return "StoreConfig[url=" + url + ", region=" + region + ", accessKey=" + accessKey + ", secretKey=***]";
    }
}
