package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.Trust;
import java.io.IOException;

/** Failures of a store behind TLS: nothing is seen later or less clearly there. */
class StoreFailuresOverTlsTest extends StoreFailuresContract {
    StoreFailuresOverTlsTest() throws IOException {
        super(
                new ScriptedStore("https://127.0.0.1", new TlsServer(Authority.OURS.server())),
                url -> Addresses.tls(url, Trust.in(Authority.OURS.pem())));
    }
}
