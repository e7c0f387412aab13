package dev.sluice.metadata.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIME = 1_614_265_330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private final WebhookSignature signature =
            WebhookSignature.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow();

    @Test
    void signsTheVectorOfTheStandard() {
        assertThat(signature.sign(ID, TIME, BODY)).isEqualTo(SIGNATURE);
    }

    @Test
    void acceptsOneFittingSignatureAmongSeveral() {
        assertThat(verify("v1a,xyz v1,AAAA " + SIGNATURE, TIME)).isTrue();
    }

    @Test
    void refusesAnotherBodyAnOldTimestampAndNonsense() {
        byte[] other = "{}".getBytes(StandardCharsets.UTF_8);
        Instant now = Instant.ofEpochSecond(TIME);

        assertThat(signature.verify(ID, Long.toString(TIME), SIGNATURE, other, now))
                .isFalse();
        assertThat(verify(SIGNATURE, TIME + 301)).isFalse();
        assertThat(verify(SIGNATURE, TIME - 301)).isFalse();
        assertThat(verify("", TIME)).isFalse();
        assertThat(verify("v1,***", TIME)).isFalse();
        assertThat(signature.verify(ID, "soon", SIGNATURE, BODY, now)).isFalse();
    }

    @Test
    void takesNoSecretOfAnotherForm() {
        assertThat(WebhookSignature.parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).isEmpty();
        assertThat(WebhookSignature.parse("whsec_short")).isEmpty();
        assertThat(WebhookSignature.parse("whsec_****")).isEmpty();
    }

    private boolean verify(String signatures, long now) {
        return signature.verify(ID, Long.toString(TIME), signatures, BODY, Instant.ofEpochSecond(now));
    }
}
