package dev.sluice.metadata.http;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonIoTest {
    @ParameterizedTest
    @ValueSource(ints = {1_001, 60_000})
    void takesWhatIsNestedTooDeeplyForMalformed(int depth) {
        byte[] message = ("{\"url\":" + "[".repeat(depth)).getBytes(StandardCharsets.UTF_8);

        assertThat(JsonIo.parse(message)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}{}", "{} x", "[]", "null", "{\"a\":1,}", "\uFEFF{}"})
    void takesOneObjectAndNothingElse(String message) {
        assertThat(JsonIo.parse(message.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", " {} \n", "{\"a\":[{}]}"})
    void takesSpaceAroundTheObject(String message) {
        assertThat(JsonIo.parse(message.getBytes(StandardCharsets.UTF_8))).isPresent();
    }

    @Test
    void knowsHowDeepTheDeepestValueIs() {
        JsonObject four = JsonIo.parse("{\"a\":1,\"b\":[[{}],2],\"c\":{}}");

        assertThat(JsonIo.deeperThan(3, four)).isTrue();
        assertThat(JsonIo.deeperThan(4, four)).isFalse();
        assertThat(JsonIo.deeperThan(0, JsonIo.parse("{}"))).isTrue();
    }
}
