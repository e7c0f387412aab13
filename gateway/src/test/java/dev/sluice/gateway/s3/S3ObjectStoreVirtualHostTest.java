package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.s3.StoreAddress.Addressing;
import java.net.URI;
import java.util.Optional;

/** The real store over TLS with the bucket's name in the host's: in the request, its signature, and the certificate's check. */
class S3ObjectStoreVirtualHostTest extends S3ProxyContract {
    S3ObjectStoreVirtualHostTest() {
        super(new StoreAddress(
                URI.create("https://store.sluice.test:" + virtualHostPort()),
                Addressing.VIRTUAL_HOST,
                Optional.of(Trust.in(Authority.OURS.pem()))));
    }
}
