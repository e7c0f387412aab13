package dev.sluice.gateway.connection;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Whether connections are plain or TLS. */
@FunctionalInterface
public interface Security {
    /** No TLS. */
    Security NONE = (channel, host, port) -> new Transport.Plain(channel);

    /** What carries bytes over this connected channel; may talk to the other side first. */
    Transport over(SocketChannel channel, String host, int port) throws IOException;
}
