package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.s3.ScriptedStore.Connection;
import dev.sluice.gateway.s3.ScriptedStore.Script;
import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectKey;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway talks to the store that it was told, over no proxy, and goes nowhere else. */
@Timeout(60)
class DirectWayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String CREATED =
            "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>uploads</Bucket><Key>u/1</Key><UploadId>m1</UploadId>"
                    + "</InitiateMultipartUploadResult>";

    private final ScriptedStore elsewhere;
    private final Map<String, String> settings = new HashMap<>();

    DirectWayTest() throws IOException {
        elsewhere = new ScriptedStore();
    }

    @BeforeEach
    void nameProxies() {
        String port = Integer.toString(elsewhere.url().getPort());
        for (String kind : new String[] {"http.proxy", "https.proxy", "socksProxy"}) {
            set(kind + "Host", "127.0.0.1");
            set(kind + "Port", port);
        }
        set("http.nonProxyHosts", "");
        set("socksNonProxyHosts", "");
    }

    private void set(String key, String value) {
        settings.put(key, System.getProperty(key, ""));
        System.setProperty(key, value);
    }

    @AfterEach
    void forgetProxies() throws IOException {
        settings.forEach((key, before) -> {
            if (before.isEmpty()) {
                System.clearProperty(key);
            } else {
                System.setProperty(key, before);
            }
        });
        elsewhere.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void usesNoProxy(boolean tls) throws Exception {
        try (var scripted = scripted(tls);
                var store = store(scripted, tls)) {
            Script create = connection -> {
                connection.readHead();
                connection.answer(200, "Content-Type: application/xml\r\n", CREATED);
                connection.readHead();
                connection.answer(204, "", "");
            };
            scripted.answerWith(Connection::takePut, create);

            put(store, OptionalLong.of(100_000));
            try (PendingObject pending = begin(store, OptionalLong.empty())) {
                pending.write(new byte[(5 << 20) + 1], 0, (5 << 20) + 1);
            } catch (StorageException partRefused) {
                assertThat(partRefused.kind()).isEqualTo(Kind.UNAVAILABLE);
            }

            assertThat(scripted.connections()).isGreaterThan(1);
            assertThat(elsewhere.connections()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "301, false, true", "302, false, true", "303, false, true", "307, false, true", "308, false, true",
        "301, true, true", "307, true, true", "308, true, false", "307, false, false", "301, false, false",
        "302, false, false", "303, false, false", "308, false, false"
    })
    void refusesARedirect(int status, boolean tls, boolean knownLength) throws Exception {
        try (var scripted = scripted(tls);
                var store = store(scripted, tls)) {
            Script redirect = connection -> {
                connection.readHead();
                connection.answer(status, "Location: " + elsewhere.url() + "/uploads/u/1\r\n", "");
            };
            scripted.answerWith(redirect, redirect, redirect, redirect, redirect);

            StorageException failure = catchThrowableOfType(
                    StorageException.class,
                    () -> put(store, knownLength ? OptionalLong.of(100_000) : OptionalLong.empty()));

            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
            assertThat(failure).hasMessageContaining(status + "").hasMessageContaining("redirect");
            assertThat(scripted.connections()).isOne();
            assertThat(elsewhere.connections()).isZero();
            assertThat(store.reachable()).isFalse();
        }
    }

    private static ScriptedStore scripted(boolean tls) throws IOException {
        return tls
                ? new ScriptedStore("https://127.0.0.1", new TlsServer(Authority.OURS.server()))
                : new ScriptedStore();
    }

    private static S3ObjectStore store(ScriptedStore scripted, boolean tls) {
        return new S3ObjectStore(new StorageConfig(
                tls ? Addresses.tls(scripted.url(), Trust.in(Authority.OURS.pem())) : Addresses.plain(scripted.url()),
                "us-east-1",
                "uploads",
                "key",
                "secret",
                Integrity.CRC32C_TRAILER,
                PATIENCE,
                PATIENCE,
                PATIENCE,
                5 << 20,
                1));
    }

    private static PendingObject begin(S3ObjectStore store, OptionalLong length) {
        return store.begin(new NewObject(new ObjectKey("uploads", "u/1"), "up_1", "text/plain", length));
    }

    private static void put(S3ObjectStore store, OptionalLong length) {
        byte[] body = new byte[(int) length.orElse(6 << 20)];
        try (PendingObject pending = begin(store, length)) {
            pending.write(body, 0, body.length - 1);
            pending.commit(body, body.length - 1, 1);
        }
    }
}
