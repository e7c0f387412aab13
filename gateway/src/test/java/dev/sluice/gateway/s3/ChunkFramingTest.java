package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkFramingTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "15, 4",
        "16, 16",
        "17, 16",
        "65535, 65536",
        "65536, 65536",
        "65537, 65536",
        "131072, 1000",
        "200000, 65535",
        "5242881, 70000"
    })
    void knowsTheLengthOfWhatItWrites(int length, int write) {
        ChunkFraming framing = new ChunkFraming(length);
        long written = ChunkFraming.trailer(new CRC32C()).remaining();

        for (int left = length; left > 0; ) {
            int piece = framing.take(Math.min(write, left));
            written += framing.header().remaining() + piece;
            left -= piece;
        }

        assertThat(written).isEqualTo(ChunkFraming.encodedLength(length));
    }
}
