package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.Trust;
import java.net.URI;

/** The real store over TLS, with a certificate of an authority of our own. */
class S3ObjectStoreOverTlsTest extends S3ProxyContract {
    S3ObjectStoreOverTlsTest() {
        super(Addresses.tls(URI.create("https://127.0.0.1:" + securePort()), Trust.in(Authority.OURS.pem())));
    }
}
