package dev.sluice.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolderTest {
    private static final Shares SHARES = new Shares(90, 80);

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "::ffff:10.1.2.3, 10.1.2.3, true",
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff, true",
        "2001:db8:1:2::1, 2001:DB8:1:2:0:0:0:1, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "unix:, 'example.org, 10.0.0.1', true",
        "unix:, 127.0.0.1, false"
    })
    void namesTheNetworkOfAnAddress(String one, String other, boolean same) {
        assertThat(Holder.address(one, SHARES).equals(Holder.address(other, SHARES)))
                .isEqualTo(same);
    }
}
