package dev.sluice.gateway.upload;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code Repr-Digest} and {@code Content-Digest} (RFC 9530). */
final class DigestField {
    private static final Pattern MEMBER =
            Pattern.compile("[ \\t]*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):[ \\t]*(,|$)");

    private DigestField() {}

    /** Hex of the sha-256; empty when only other algorithms are there. */
    static Optional<String> sha256(String value) throws RefusedException {
        Optional<String> found = Optional.empty();
        Matcher member = MEMBER.matcher(value);
        int at = 0;
        while (member.find(at) && member.start() == at) {
            if (member.group(1).equals("sha-256")) {
                if (found.isPresent()) {
                    throw malformed(); // one of two, joined by a proxy, is not to be believed
                }
                found = Optional.of(hex(member.group(2)));
            }
            at = member.end();
            if (!",".equals(member.group(3))) {
                break;
            }
        }
        if (at != value.length() || value.isEmpty() || value.endsWith(",")) {
            throw malformed();
        }
        return found;
    }

    private static String hex(String base64) throws RefusedException {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            if (bytes.length == 32) {
                return HexFormat.of().formatHex(bytes);
            }
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        throw malformed();
    }

    private static RefusedException malformed() {
        return RefusedException.badRequest("A digest is written sha-256=:BASE64: (RFC 9530).");
    }
}
