package dev.sluice.metadata.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T01:43:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "17|17",
                "0|1",
                "999999999|3600",
                "Sat, 21 Nov 2026 01:43:30 GMT|30",
                "Sat, 21 Nov 2026 01:00:00 GMT|1",
                "Sun, 22 Nov 2026 01:43:00 GMT|3600",
                "-1|",
                "soon|",
                "9999999999|",
            })
    void isSecondsOrADate(String value, Long seconds) {
        assertThat(RetryAfter.parse(value, NOW))
                .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
    }
}
