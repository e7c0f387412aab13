package dev.sluice.gateway.s3;

import dev.sluice.gateway.storage.ObjectKey;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * How to reach the object store. {@code continueTimeout} bounds the wait for {@code 100 Continue}, {@code answerTimeout} any silence of a
 * store that must read or answer; {@code partSize} and {@code partBuffers} are the budget of uploads of unknown length.
 */
public record StorageConfig(
        StoreAddress address,
        String region,
        String bucket,
        String accessKey,
        String secretKey,
        Integrity integrity,
        Duration connectTimeout,
        Duration continueTimeout,
        Duration answerTimeout,
        int partSize,
        int partBuffers) {
    private static final int SMALLEST_PART = 5 << 20;
    private static final int LARGEST_PART = 1 << 30;

    /** What the store is trusted to verify. */
    public enum Integrity {
        /** The store checks a CRC32C that follows the body, and says so in its answer. */
        CRC32C_TRAILER,
        /** The store only counts bytes: S3Proxy, old Ceph. */
        SIZE
    }

    public StorageConfig {
        require(!region.isBlank(), "storage.region is empty");
        require(ObjectKey.parse(bucket, "probe").isPresent(), "storage.bucket is not a bucket name");
        require(!accessKey.isBlank(), "storage.access-key is empty");
        require(!secretKey.isBlank(), "storage.secret-key-file names an empty file");
        require(connectTimeout.isPositive(), "storage.connect-timeout must be positive");
        require(continueTimeout.isPositive(), "storage.continue-timeout must be positive");
        require(answerTimeout.isPositive(), "storage.answer-timeout must be positive");
        require(partSize >= SMALLEST_PART && partSize <= LARGEST_PART, "gateway.part-size must be 5 MiB to 1 GiB");
        require(partBuffers > 0, "gateway.part-buffers must be positive");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The same with another number of part buffers. */
    public StorageConfig withPartBuffers(int count) {
        return new StorageConfig(
                address,
                region,
                bucket,
                accessKey,
                secretKey,
                integrity,
                connectTimeout,
                continueTimeout,
                answerTimeout,
                partSize,
                count);
    }

    Duration shortestTimeout() {
        return Collections.min(List.of(connectTimeout, continueTimeout, answerTimeout));
    }

    @Override
    public String toString() {
        return "StorageConfig[url=" + address.url() + ", addressing=" + address.addressing() + ", region=" + region
                + ", bucket=" + bucket + ", accessKey=" + accessKey
                + ", secretKey=(secret), integrity=" + integrity + ", connectTimeout=" + connectTimeout
                + ", continueTimeout=" + continueTimeout + ", answerTimeout=" + answerTimeout + ", partSize=" + partSize
                + ", partBuffers=" + partBuffers + "]";
    }
}
