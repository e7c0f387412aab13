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

/** The address of an object as a client writes it: {@code http(s)://store/bucket/key} or {@code s3://bucket/key}, each segment decoded once. */
record PostedUrl(Optional<URI> store, String bucket, String key) {
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_KEY_BYTES = 1024;
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
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
            Optional<List<String>> segments = segments(uri.getRawPath().substring(1));
            if (scheme.equals("s3") && uri.getPort() < 0) {
                return segments.flatMap(path -> of(Optional.empty(), uri.getHost(), path));
            }
            return STORES.contains(scheme)
                    ? segments.flatMap(path -> of(Optional.of(uri), path.getFirst(), path.subList(1, path.size())))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Whether one of these stores has that bucket. */
    boolean in(List<Store> stores) {
        return stores.stream()
                .filter(known -> store.isEmpty() || known.holds(store.get()))
                .anyMatch(known -> known.buckets().contains(bucket));
    }

    private static Optional<PostedUrl> of(Optional<URI> store, String bucket, List<String> path) {
        String key = String.join("/", path);
        boolean good = BUCKET.matcher(bucket).matches()
                && !path.isEmpty()
                && key.getBytes(StandardCharsets.UTF_8).length <= MAX_KEY_BYTES;
        return good ? Optional.of(new PostedUrl(store, bucket, key)) : Optional.empty();
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
