package dev.sluice.it.stack;

import java.net.URI;
import java.nio.file.Path;

/** How to reach an S3 service as the parts are told; the secret lies in a file. */
public record StoreAccess(URI url, String accessKey, Path secretKeyFile, String bucket, String integrity) {
    StoreAccess at(int port) {
        return new StoreAccess(URI.create("http://127.0.0.1:" + port), accessKey, secretKeyFile, bucket, integrity);
    }
}
