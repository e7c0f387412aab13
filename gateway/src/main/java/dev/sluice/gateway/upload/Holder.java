package dev.sluice.gateway.upload;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** In whose name a place is held, and how many percent of those that the others leave it may have. */
record Holder(String name, int percent) {
    /** A network of this size is one household or one machine: it can choose all addresses in it. */
    private static final int NETWORK_BYTES = 8;

    /** Whose uploads they are, as the metadata service says. */
    static Holder owner(String owner, Shares shares) {
        return new Holder(owner, shares.ofOwner());
    }

    /** Where they come from, as nginx says: an IPv4 address or the /64 of an IPv6 address. What is neither is all one. */
    static Holder address(String address, Shares shares) {
        return new Holder(network(address), shares.ofAddress());
    }

    private static String network(String address) {
        try {
            InetAddress parsed = InetAddress.ofLiteral(address);
            return parsed instanceof Inet6Address
                    ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES)) + "/64"
                    : parsed.getHostAddress();
        } catch (IllegalArgumentException e) {
            return "unknown";
        }
    }
}
