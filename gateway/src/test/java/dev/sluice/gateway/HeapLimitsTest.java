package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapLimitsTest {
    @ParameterizedTest
    @CsvSource({
        // heap in MiB, configured uploads and parts, what remains of them
        "256, 500, 16, 500, 16",
        "96, 500, 16, 222, 9",
        "64, 500, 16, 82, 6",
        "64, 20, 2, 20, 2",
        "24, 500, 16, 1, 2",
        "4096, 20000, 16, 20000, 16"
    })
    void lowersWhatIsConfiguredToWhatTheHeapBears(long heap, int uploads, int parts, int fitUploads, int fitParts) {
        HeapLimits limits = HeapLimits.of(heap << 20, uploads, 65_536, parts, 5 << 20);

        assertThat(limits).isEqualTo(new HeapLimits(fitUploads, fitParts));
    }
}
