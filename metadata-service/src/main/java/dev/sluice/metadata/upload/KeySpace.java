package dev.sluice.metadata.upload;

import dev.sluice.metadata.authorize.Question.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Within which an Idempotency-Key means one upload. What tells users of one owner apart is in it as a digest only. */
record KeySpace(String owner, Optional<String> user, Optional<String> credentials) {
    static KeySpace of(String owner) {
        return new KeySpace(owner, Optional.empty(), Optional.empty());
    }

    static KeySpace ofUser(String owner, String user) {
        return new KeySpace(owner, Optional.of(digest("user", user)), Optional.empty());
    }

    /** Where nobody says who the user is: who has the same credentials is the same. */
    static KeySpace ofCredentials(String owner, Credentials credentials) {
        String text = credentials.authorization().orElse("") + "\n"
                + credentials.cookie().orElse("");
        return new KeySpace(owner, Optional.empty(), Optional.of(digest("credentials", text)));
    }

    /** Which part of the owner's. */
    Optional<String> scope() {
        return user.or(() -> credentials);
    }

    private static String digest(String kind, String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest((kind + "\n" + text).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
