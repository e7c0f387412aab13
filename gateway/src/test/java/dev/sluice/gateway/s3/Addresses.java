package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.s3.StoreAddress.Addressing;
import java.net.URI;
import java.util.Optional;

/** Addresses of stores that name buckets in the path. */
final class Addresses {
    private Addresses() {}

    static StoreAddress plain(URI url) {
        return new StoreAddress(url, Addressing.PATH, Optional.empty());
    }

    static StoreAddress tls(URI url, Trust trust) {
        return new StoreAddress(url, Addressing.PATH, Optional.of(trust));
    }
}
