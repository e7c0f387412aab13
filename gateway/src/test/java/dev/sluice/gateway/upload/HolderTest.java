package dev.sluice.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.metadata.Decision.Uploader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HolderTest {
    private static final Shares SHARES = new Shares(95, 90, 90);

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

    @ParameterizedTest
    @CsvSource({"shop, 10.0.0.1, true", "shop, 10.0.0.2, false", "bank, 10.0.0.1, false"})
    void aClientIsWhoeverIsAtOneAddressOfOneOwner(String owner, String address, boolean same) {
        List<Holder> clients = clients(new Uploader("shop", Optional.empty()), "10.0.0.1");

        assertThat(clients).hasSize(1);
        assertThat(clients.equals(clients(new Uploader(owner, Optional.empty()), address)))
                .isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "shop, maria, 10.0.0.2, true",
        "shop, paul, 10.0.0.1, false",
        "bank, maria, 10.0.0.1, false",
        "shop, address 10.0.0.1, 10.0.0.1, false"
    })
    void withinItAUserIsOneAtEveryAddressOfTheOwner(String owner, String user, String address, boolean same) {
        Uploader uploader = new Uploader(owner, Optional.of(user));
        List<Holder> clients = clients(new Uploader("shop", Optional.of("maria")), "10.0.0.1");

        assertThat(clients)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .startsWith(clients(new Uploader("shop", Optional.empty()), "10.0.0.1")
                        .getFirst());
        assertThat(clients.getLast().equals(clients(uploader, address).getLast()))
                .isEqualTo(same);
    }

    private static List<Holder> clients(Uploader uploader, String address) {
        return Holder.clients(uploader, Holder.address(address, SHARES), SHARES);
    }
}
