package dev.sluice.metadata;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** The address of a listener, {@code HOST:PORT}. */
record Listener(InetAddress address, int port) {
    static Optional<Listener> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            return Optional.empty();
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        try {
            InetAddress address = InetAddress.getByName(text.substring(0, colon));
            return port > 65_535 ? Optional.empty() : Optional.of(new Listener(address, port));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    boolean loopback() {
        return address.isLoopbackAddress();
    }

    InetSocketAddress socket() {
        return new InetSocketAddress(address, port);
    }
}
