package dev.sluice.metadata.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedKeyTest {
    @ParameterizedTest
    @CsvSource({
        "a%2Fb, a/b",
        "a/b, a/b",
        "a+b, a b",
        "a%20b, a b",
        "a%2Bb, a+b",
        "a%2bb, a+b",
        "%25, %",
        "%252F, %2F",
        "%C3%A9, é",
        "%F0%9F%98%80, 😀",
        "a%2F%2Fb, a//b",
        "...%2Fa, .../a",
        "~-_.*, ~-_.*"
    })
    void readsOnceAndNoMore(String encoded, String key) {
        assertThat(EncodedKey.decode(encoded)).contains(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "%",
                "a%",
                "a%2",
                "a%2g",
                "a%+1b",
                "a%-1",
                "é",
                "a b",
                "a\tb",
                "a\u007fb",
                "%C3",
                "%C3%28",
                "%ED%A0%80",
                "%C0%AF",
                "%FF",
                "a%00b",
                "..",
                ".",
                "a%2F..%2Fb",
                "a%2F.",
                "%2e%2e%2fa"
            })
    void refusesWhatNoStoreWritesAndWhatCanNotBeAskedFor(String encoded) {
        assertThat(EncodedKey.decode(encoded)).isEmpty();
    }

    @Test
    void aKeyHas1024BytesAtMost() {
        assertThat(EncodedKey.decode("%C3%A9".repeat(512))).isPresent();
        assertThat(EncodedKey.decode("%C3%A9".repeat(512) + "x")).isEmpty();
    }
}
