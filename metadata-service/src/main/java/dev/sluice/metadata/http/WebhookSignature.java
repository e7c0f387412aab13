package dev.sluice.metadata.http;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs and verifies messages as Standard Webhooks 1.0.0 with one shared secret. Thread-safe. */
public final class WebhookSignature {
    public static final String ID = "webhook-id";
    public static final String TIMESTAMP = "webhook-timestamp";
    public static final String SIGNATURE = "webhook-signature";

    private static final String PREFIX = "whsec_";
    private static final long TOLERANCE_SECONDS = 300;

    private final SecretKeySpec key;

    private WebhookSignature(byte[] secret) {
        this.key = new SecretKeySpec(secret, "HmacSHA256");
    }

    /** Empty unless it is {@code whsec_} and base64 of 24 to 64 bytes. */
    public static Optional<WebhookSignature> parse(String secret) {
        if (!secret.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
            return bytes.length < 24 || bytes.length > 64 ? Optional.empty() : Optional.of(new WebhookSignature(bytes));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The value of {@code webhook-signature}. */
    public String sign(String id, long timestampSeconds, byte[] body) {
        return "v1," + Base64.getEncoder().encodeToString(mac(id + '.' + timestampSeconds + '.', body));
    }

    /** True when one of the signatures, which spaces separate, fits these very bytes and the timestamp is within 300 s of now. */
    public boolean verify(String id, String timestamp, String signatures, byte[] body, Instant now) {
        if (!timestamp.matches("\\d{1,12}")) {
            return false;
        }
        long skew = now.getEpochSecond() - Long.parseLong(timestamp);
        if (Math.abs(skew) > TOLERANCE_SECONDS) {
            return false;
        }
        byte[] wanted = mac(id + '.' + timestamp + '.', body);
        boolean fits = false;
        for (String signature : signatures.split(" ", 10)) {
            fits |= signature.startsWith("v1,") && MessageDigest.isEqual(wanted, decode(signature.substring(3)));
        }
        return fits;
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private byte[] mac(String head, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(head.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
