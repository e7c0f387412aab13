package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.s3.StorageConfig.Integrity;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageConfigTest {
    private static final String URL = "http://127.0.0.1:9000";

    @ParameterizedTest
    @CsvSource({
        "storage.url, ftp://s:1, r, uploads, PT1S, 5242880, 1",
        "storage.url, http://s:1/path, r, uploads, PT1S, 5242880, 1",
        "storage.url, http://u@s:1, r, uploads, PT1S, 5242880, 1",
        "storage.url, http://s:1?q, r, uploads, PT1S, 5242880, 1",
        "storage.region, http://s:1, ' ', uploads, PT1S, 5242880, 1",
        "storage.bucket, http://s:1, r, Up_Loads, PT1S, 5242880, 1",
        "storage.bucket, http://s:1, r, ab, PT1S, 5242880, 1",
        "storage.connect-timeout, http://s:1, r, uploads, PT0S, 5242880, 1",
        "gateway.part-size, http://s:1, r, uploads, PT1S, 5242879, 1",
        "gateway.part-size, http://s:1, r, uploads, PT1S, 1073741825, 1",
        "gateway.part-buffers, http://s:1, r, uploads, PT1S, 5242880, 0"
    })
    void namesTheKeyThatIsWrong(
            String key, String url, String region, String bucket, Duration connect, int size, int buffers) {
        assertThatThrownBy(() -> new StorageConfig(
                        Addresses.plain(URI.create(url)),
                        region,
                        bucket,
                        "access",
                        "hidden",
                        Integrity.SIZE,
                        connect,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        size,
                        buffers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + " ");
    }

    @Test
    void hidesTheSecret() {
        StorageConfig config = new StorageConfig(
                Addresses.plain(URI.create(URL)),
                "us-east-1",
                "uploads",
                "access",
                "hidden",
                Integrity.SIZE,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                5 << 20,
                1);

        assertThat(config.toString()).doesNotContain("hidden");
    }
}
