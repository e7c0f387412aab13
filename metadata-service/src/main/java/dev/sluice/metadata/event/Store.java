package dev.sluice.metadata.event;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A store that posted URLs may name ({@code metadata.stores}): its address, and its buckets that may be named. */
public record Store(URI url, Set<String> buckets) {

    public Store {
        buckets = Set.copyOf(buckets);
        if (url.getHost() == null || url.getScheme() == null) {
            throw new IllegalArgumentException("a store needs a URL with scheme and host, not " + url);
        }
    }

    /** Whether the address is of this store: same scheme, host and port. */
    boolean holds(URI posted) {
        return near(posted) && url.getHost().equalsIgnoreCase(posted.getHost());
    }

    /** The bucket of this store that the address names before the host, if it does. */
    Optional<String> bucketInHost(URI posted) {
        return buckets.stream()
                .filter(bucket -> near(posted) && (bucket + "." + url.getHost()).equalsIgnoreCase(posted.getHost()))
                .findFirst();
    }

    private boolean near(URI posted) {
        return scheme(url).equals(scheme(posted)) && port(url) == port(posted);
    }

    private static String scheme(URI uri) {
        return uri.getScheme().toLowerCase(Locale.ROOT);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return scheme(uri).equals("https") ? 443 : 80;
    }
}
