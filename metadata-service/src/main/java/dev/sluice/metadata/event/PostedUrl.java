package dev.sluice.metadata.event;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The address of an object as a client writes it, each segment decoded once: {@code http(s)://store/bucket/key},
 * {@code http(s)://bucket.store/key} or {@code s3://bucket/key}. Only the stores that are known tell the first two apart.
 */
record PostedUrl(URI uri, List<String> segments) {
    /** Bucket and key. */
    record Place(String bucket, String key) {}

    private static final int MAX_LENGTH = 4096;
    private static final int MAX_KEY_BYTES = 1024;
    private static final Set<String> STORES = Set.of("http", "https");

    /** Control and bidirectional characters, replacement character, and what has a meaning of its own in a path. */
    private static final Pattern BAD =
            Pattern.compile("[\\u0000-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\uFFFD\\\\/%]");

    /** Empty when it is no such address, or holds half a surrogate pair; a query (a presigned URL has one) says nothing about the object. */
    static Optional<PostedUrl> parse(String text) {
        if (text.length() > MAX_LENGTH || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean plain = uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
            if (!plain || uri.getRawPath() == null || !uri.getRawPath().startsWith("/")) {
                return Optional.empty();
            }
            boolean store = scheme.equals("s3") ? uri.getPort() < 0 : STORES.contains(scheme);
            return store
                    ? segments(uri.getRawPath().substring(1)).map(path -> new PostedUrl(uri, path))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** The object, if one of these stores has its bucket; a store whose host is the URL's wins over one whose bucket is in that host. */
    Optional<Place> in(List<Store> stores) {
        if (uri.getScheme().equalsIgnoreCase("s3")) {
            return place(stores, uri.getHost(), segments);
        }
        List<Store> here = stores.stream().filter(store -> store.holds(uri)).toList();
        if (!here.isEmpty()) {
            return place(here, segments.getFirst(), segments.subList(1, segments.size()));
        }
        return stores.stream()
                .flatMap(store -> store.bucketInHost(uri).stream())
                .findFirst()
                .flatMap(bucket -> place(stores, bucket, segments));
    }

    private static Optional<Place> place(List<Store> stores, String bucket, List<String> path) {
        String key = String.join("/", path);
        boolean good = stores.stream().anyMatch(store -> store.buckets().contains(bucket))
                && !path.isEmpty()
                && key.getBytes(StandardCharsets.UTF_8).length <= MAX_KEY_BYTES;
        return good ? Optional.of(new Place(bucket, key)) : Optional.empty();
    }

    private static Optional<List<String>> segments(String rawPath) {
        List<String> segments = new ArrayList<>();
        for (String raw : rawPath.split("/", -1)) {
            Optional<String> segment = decode(raw)
                    .filter(text -> !text.isEmpty() && !text.equals(".") && !text.equals(".."))
                    .filter(text -> !BAD.matcher(text).find())
                    .filter(text -> !StoreInternals.has(text));
            if (segment.isEmpty()) {
                return Optional.empty();
            }
            segments.add(segment.get());
        }
        return Optional.of(segments);
    }

    /** {@link URI} has seen to it that every {@code %} begins an escape. */
    private static Optional<String> decode(String raw) {
        byte[] in = raw.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%') {
                out.put((byte) Integer.parseInt(new String(in, i + 1, 2, StandardCharsets.US_ASCII), 16));
                i += 2;
            } else {
                out.put(in[i]);
            }
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
