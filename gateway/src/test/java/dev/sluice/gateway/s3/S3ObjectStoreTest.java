package dev.sluice.gateway.s3;

import java.net.URI;

/** The real store over plain connections. */
class S3ObjectStoreTest extends S3ProxyContract {
    S3ObjectStoreTest() {
        super(Addresses.plain(URI.create(plainUrl())));
    }
}
