package dev.sluice.metadata;

import dev.sluice.metadata.http.Problems;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.InetAddress;

/** Routes on a free port of this machine; what they throw is answered as the service does. */
public final class LocalServer {
    private LocalServer() {}

    public static WebServer start(HttpRouting.Builder routing) {
        Problems.register(routing);
        return WebServer.builder()
                .address(InetAddress.getLoopbackAddress())
                .port(0)
                .maxPayloadSize(MetadataService.MAX_BODY)
                .shutdownHook(false)
                .routing(routing)
                .build()
                .start();
    }
}
