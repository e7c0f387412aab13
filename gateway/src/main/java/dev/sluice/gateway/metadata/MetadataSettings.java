package dev.sluice.gateway.metadata;

import java.net.URI;
import java.time.Duration;

/** Where the metadata service is, who this gateway is to it, and how long it may take. */
public record MetadataSettings(
        URI url,
        String gatewayName,
        String token,
        MessageSignature signature,
        Duration heartbeat,
        Duration intentTimeout,
        Duration maxClockSkew) {
    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return "MetadataSettings[" + url + " as " + gatewayName + "]";
    }
}
