package dev.sluice.gateway.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageSignatureTest {
    /** The vector of the Standard Webhooks reference libraries. */
    @Test
    void signsAsTheStandardSays() {
        MessageSignature signature =
                MessageSignature.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").orElseThrow();

        String value = signature.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");

        assertThat(value).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void knowsWhatIsNoSecret() {
        assertThat(MessageSignature.parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).isEmpty();
        assertThat(MessageSignature.parse("whsec_!")).isEmpty();
        assertThat(MessageSignature.parse("whsec_AAAA")).isEmpty();
    }
}
