package dev.sluice.it.net;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a webhook is signed with (Standard Webhooks), as the customer's side computes it: by the specification, without our code. */
public final class WebhookSignature {
    private final byte[] key;

    /** @param secret {@code whsec_} and base64 */
    public WebhookSignature(String secret) {
        key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
    }

    public String of(String id, String timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] signed = (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
