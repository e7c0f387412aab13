package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.s3.ScriptedStore.Connection;
import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectKey;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the gateway talks to over TLS, and how. */
@Timeout(60)
class TlsTest {
    private static final Authority AUTHORITY = Authority.OURS;
    private static final Authority OTHER = new Authority();
    private static final Authority.Server SERVER = AUTHORITY.server();
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final byte[] BODY = new byte[200_000];

    @Test
    void refusesTheCertificateOfAnotherAuthority() throws Exception {
        assertUntrusted("https://127.0.0.1", SERVER, Trust.in(OTHER.pem()));
    }

    @Test
    void refusesAnAuthorityThatTheJvmDoesNotKnow() throws Exception {
        assertUntrusted("https://127.0.0.1", SERVER, Trust.ofJvm());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip:127.0.0.1", "dns:elsewhere.sluice.test,dns:*.store.sluice.test"})
    void refusesTheCertificateOfAnotherHost(String names) throws Exception {
        assertUntrusted("https://store.sluice.test", AUTHORITY.server(names), Trust.in(AUTHORITY.pem()));
    }

    @Test
    void refusesACertificateThatHasRunOut() throws Exception {
        assertUntrusted("https://127.0.0.1", AUTHORITY.expiredServer("ip:127.0.0.1"), Trust.in(AUTHORITY.pem()));
    }

    /** Neither way of sending says a word of a request, and none tries again. */
    private static void assertUntrusted(String origin, Authority.Server server, Trust trust) throws Exception {
        for (OptionalLong length : new OptionalLong[] {OptionalLong.of(BODY.length), OptionalLong.empty()}) {
            try (var scripted = new ScriptedStore(origin, new TlsServer(server));
                    var store = store(scripted, trust)) {
                scripted.answerWith(Connection::takePut, Connection::takePut);

                StorageException failure = catchThrowableOfType(StorageException.class, () -> put(store, length));

                assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
                assertThat(Trust.broken(failure)).isTrue();
                assertThat(scripted.connections()).isOne();
                assertThat(store.reachable()).isFalse();
            }
        }
    }

    @Test
    void trustsEveryAuthorityOfTheFile(@TempDir Path folder) throws Exception {
        Path both = folder.resolve("both.pem");
        Files.writeString(both, Files.readString(OTHER.pem()) + "\n# and\n" + Files.readString(AUTHORITY.pem()));
        try (var scripted = new ScriptedStore("https://127.0.0.1", new TlsServer(SERVER));
                var store = store(scripted, Trust.in(both))) {
            scripted.answerWith(Connection::takePut);

            put(store, OptionalLong.of(BODY.length));

            assertThat(scripted.connections()).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void saysWhatIsWrongWithTheFile(String text, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("ca.pem"), text);

        assertThatThrownBy(() -> Trust.in(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("storage.ca-file ")
                .hasCauseInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> Trust.in(folder.resolve("absent"))).hasMessageContaining("cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void namesTheHostAndResumesItsSession(String protocol) throws Exception {
        var server = new TlsServer(SERVER, protocol);
        try (var scripted = new ScriptedStore("https://store.sluice.test", server);
                var store = store(scripted, Trust.in(AUTHORITY.pem()))) {
            ScriptedStore.Script once = connection -> {
                connection.readHead();
                connection.continue100();
                String crc = connection.readToTrailer();
                connection.answer(200, "Connection: close\r\nx-amz-checksum-crc32c: " + crc + "\r\n", "");
            };
            scripted.answerWith(once, once, once);

            for (int i = 0; i < 3; i++) {
                put(store, OptionalLong.of(BODY.length));
            }

            assertThat(scripted.connections()).isEqualTo(3);
            assertThat(server.sessions())
                    .hasSize(3)
                    .containsOnly(server.sessions().getFirst());
            assertThat(server.names()).contains("store.sluice.test").doesNotContain("127.0.0.1");
        }
    }

    @Test
    void givesUpAHandshakeThatTakesLongerThanAConnectMay() throws Exception {
        try (var scripted = new ScriptedStore("https://127.0.0.1", accepted -> {
                    accepted.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return accepted;
                });
                var store = store(scripted, Trust.in(AUTHORITY.pem()), Duration.ofSeconds(1))) {
            scripted.answerWith(Connection::hang, Connection::hang);
            long start = System.nanoTime();

            StorageException failure =
                    catchThrowableOfType(StorageException.class, () -> put(store, OptionalLong.of(BODY.length)));

            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(Retries.timedOut(failure.getCause())).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(900), ANSWER.dividedBy(2));
            assertThat(scripted.connections()).isOne();
        }
    }

    @Test
    void isUnavailableWhenTheStoreSpeaksNoTls() throws Exception {
        try (var scripted = new ScriptedStore("https://127.0.0.1", accepted -> accepted);
                var store = store(scripted, Trust.in(AUTHORITY.pem()))) {
            ScriptedStore.Script plain = connection -> connection.error(400, "BadRequest");
            scripted.answerWith(plain, plain, plain, plain, plain);

            StorageException failure =
                    catchThrowableOfType(StorageException.class, () -> put(store, OptionalLong.of(BODY.length)));

            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    private static void put(S3ObjectStore store, OptionalLong length) {
        var object = new NewObject(new ObjectKey("uploads", "u/1"), "up_1", "text/plain", length);
        byte[] body = length.isPresent() ? BODY : new byte[6 << 20];
        try (PendingObject pending = store.begin(object)) {
            pending.write(body, 0, body.length - 1);
            pending.commit(body, body.length - 1, 1);
        }
    }

    private static S3ObjectStore store(ScriptedStore scripted, Trust trust) {
        return store(scripted, trust, Duration.ofSeconds(5));
    }

    private static S3ObjectStore store(ScriptedStore scripted, Trust trust, Duration connect) {
        return new S3ObjectStore(new StorageConfig(
                Addresses.tls(scripted.url(), trust),
                "us-east-1",
                "uploads",
                "key",
                "secret",
                Integrity.CRC32C_TRAILER,
                connect,
                ANSWER,
                ANSWER,
                5 << 20,
                1));
    }
}
