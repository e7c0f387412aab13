package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Decision.Uploader;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** In whose name a place is held, and how many percent of those that are free to it, its own included, it may have. */
record Holder(String name, int percent) {
    /** A network of this size is one household or one machine: it can choose all addresses in it. */
    private static final int NETWORK_BYTES = 8;

    /** Where uploads come from, as nginx says: an IPv4 address or the /64 of an IPv6 address. What is neither is all one. */
    static Holder address(String address, Shares shares) {
        return new Holder("address " + network(address), shares.ofAddress());
    }

    /** Whose uploads they are, as the metadata service says. */
    static Holder owner(Uploader uploader, Shares shares) {
        return new Holder("owner " + uploader.owner(), shares.ofOwner());
    }

    /** The owner's uploads from that address; and the user's, if one is named, who is the same at every address. */
    static List<Holder> clients(Uploader uploader, Holder address, Shares shares) {
        // owners' names have no line breaks
        String client = "client " + uploader.owner() + "\n";
        return Stream.concat(Stream.of(address.name()), uploader.user().map(user -> "user " + user).stream())
                .map(who -> new Holder(client + who, shares.ofClient()))
                .toList();
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
