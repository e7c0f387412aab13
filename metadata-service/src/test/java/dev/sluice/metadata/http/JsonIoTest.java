package dev.sluice.metadata.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonIoTest {
    @ParameterizedTest
    @ValueSource(ints = {1_001, 60_000})
    void takesWhatIsNestedTooDeeplyForMalformed(int depth) {
        byte[] message = ("{\"url\":" + "[".repeat(depth)).getBytes(StandardCharsets.UTF_8);

        assertThat(JsonIo.parse(message)).isEmpty();
    }
}
