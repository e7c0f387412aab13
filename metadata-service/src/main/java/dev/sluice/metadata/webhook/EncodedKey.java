package dev.sluice.metadata.webhook;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Reads object keys as stores write them in notifications: percent-encoded UTF-8, a plus sign for a space. */
final class EncodedKey {
    private static final int MAX_BYTES = 1024;

    /** What an S3 client refuses to ask for. */
    private static final Set<String> NO_SEGMENTS = Set.of(".", "..");

    private EncodedKey() {}

    /** Empty for what no store has written so, or what is no key that one could look at. */
    static Optional<String> decode(String encoded) {
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                if (i + 2 >= encoded.length() || !isHex(encoded.charAt(i + 1)) || !isHex(encoded.charAt(i + 2))) {
                    return Optional.empty();
                }
                bytes.put((byte) Integer.parseInt(encoded, i + 1, i + 3, 16));
                i += 2;
            } else if (c <= ' ' || c > '~') {
                return Optional.empty();
            } else {
                bytes.put((byte) (c == '+' ? ' ' : c));
            }
        }
        return key(bytes.flip());
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
    }

    private static Optional<String> key(ByteBuffer bytes) {
        if (!bytes.hasRemaining() || bytes.remaining() > MAX_BYTES) {
            return Optional.empty();
        }
        try {
            String key = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            boolean good =
                    key.indexOf('\0') < 0 && Arrays.stream(key.split("/", -1)).noneMatch(NO_SEGMENTS::contains);
            return good ? Optional.of(key) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
