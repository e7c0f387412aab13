package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.Security;
import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.storage.ObjectKey;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the S3 service is, how its URLs name buckets, and, exactly with {@code https}, whose certificates it may show. */
public record StoreAddress(URI url, Addressing addressing, Optional<Trust> trust) {
    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|\\[.*]");

    /** Where the name of a bucket stands. */
    public enum Addressing {
        /** {@code host/bucket/key}. */
        PATH,
        /** {@code bucket.host/key}. */
        VIRTUAL_HOST
    }

    public StoreAddress {
        boolean http = "http".equals(url.getScheme());
        require((http || isHttps(url)) && url.getHost() != null, "storage.url must be http(s)://host:port");
        require(url.getPath().isEmpty() || url.getPath().equals("/"), "storage.url must have no path");
        require(url.getUserInfo() == null && url.getQuery() == null, "storage.url must be http(s)://host:port");
        require(isHttps(url) == trust.isPresent(), "storage.ca-file is for a storage.url with https");
        require(
                addressing == Addressing.PATH
                        || !IP_ADDRESS.matcher(url.getHost()).matches(),
                "storage.addressing virtual-host needs a storage.url with a host name");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private static boolean isHttps(URI url) {
        return "https".equals(url.getScheme());
    }

    Security security() {
        return trust.isPresent() ? trust.get() : Security.NONE;
    }

    int port() {
        return url.getPort() < 0 ? defaultPort() : url.getPort();
    }

    private int defaultPort() {
        return isHttps(url) ? 443 : 80;
    }

    /** The host that has this bucket. */
    String host(String bucket) {
        return namesInHost(bucket) ? bucket + "." + url.getHost() : url.getHost();
    }

    /** As the Host header has it. */
    String authority(String bucket) {
        return port() == defaultPort() ? host(bucket) : host(bucket) + ":" + port();
    }

    String ofBucket(String bucket) {
        String root = url.getScheme() + "://" + authority(bucket);
        return namesInHost(bucket) ? root : root + "/" + bucket;
    }

    String of(ObjectKey key) {
        return ofBucket(key.bucket()) + "/" + key.key();
    }

    /** No certificate's wildcard spans a dot; the storage client makes the same exception. */
    private boolean namesInHost(String bucket) {
        return addressing == Addressing.VIRTUAL_HOST && !(isHttps(url) && bucket.contains("."));
    }
}
