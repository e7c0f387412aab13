package dev.sluice.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.builtin.ChildMain;
import dev.sluice.worker.tls.Trust;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker's ways to the store: over TLS, with the bucket in path or host, past proxies, and never elsewhere. */
@Timeout(60)
class TlsTest {
    private static final String DOMAIN = "store.sluice.test";
    private static final StoreObject OBJECT = new StoreObject("uploads", "u/1");
    private static final byte[] CONTENT = "123456789".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private static Path folder;

    private static EmbeddedStore embedded;
    private static S3Proxy paths;
    private static S3Proxy hosts;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(folder.resolve("uploads"));
        embedded = new EmbeddedStore(folder);
        paths = embedded.overTls(Authority.OURS.server(), Optional.empty());
        hosts = embedded.overTls(Authority.OURS.server(), Optional.of(DOMAIN));
    }

    @BeforeEach
    void put() throws Exception {
        embedded.put(OBJECT, CONTENT, "up_1");
    }

    @AfterAll
    static void stop() throws Exception {
        paths.stop();
        hosts.stop();
        embedded.stop();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void looksAndLetsAJobReadOverTls(boolean bucketInHost) throws Exception {
        try (Store store = store(bucketInHost, Authority.OURS)) {
            assertThat(store.head(OBJECT).orElseThrow().size()).isEqualTo(9);
            assertThat(store.makeBucket("uploads")).isFalse();
            assertThat(store.multipartUploads(OBJECT)).isEmpty();
            String link = store.presignGet(OBJECT, Optional.empty());

            assertThat(link)
                    .startsWith(
                            bucketInHost
                                    ? "https://uploads." + DOMAIN + ":" + hosts.getSecurePort() + "/u/1?"
                                    : "https://127.0.0.1:" + paths.getSecurePort() + "/uploads/u/1?");
            if (!bucketInHost) { // a process of its own does not know the name of the other
                JsonObject answer = verified(link, Authority.OURS);
                assertThat(answer.getBoolean("ok")).as("%s", answer).isTrue();
                assertThat(answer.getJsonObject("result").getInt("size")).isEqualTo(9);
            }
            store.delete(OBJECT);
            assertThat(store.head(OBJECT)).isEmpty();
        }
    }

    @Test
    void hasNoUseForAuthoritiesWithoutTls() {
        Optional<Trust> trust = Optional.of(new Trust(Authority.OURS.pem()));

        assertThatThrownBy(() -> new StoreConfig.Address(embedded.url(), false, trust))
                .hasMessageContaining("https");
    }

    @Test
    void trustsNobodyElse() throws Exception {
        Authority other = new Authority();
        try (Store store = store(false, other)) {
            assertThatThrownBy(() -> store.head(OBJECT))
                    .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.reason())
                            .isEqualTo(StoreException.Reason.STORE_ERROR))
                    .hasMessageContaining("certification path");
            JsonObject answer = verified(store.presignGet(OBJECT, Optional.empty()), other);

            assertThat(answer.getBoolean("ok")).isFalse();
            assertThat(answer.getString("error")).contains("certification path");
        }
    }

    @Test
    void trustsNoCertificateOfAnotherHost() throws Exception {
        S3Proxy elsewhere = embedded.overTls(Authority.OURS.server("dns:elsewhere.sluice.test"), Optional.empty());
        URI url = URI.create("https://127.0.0.1:" + elsewhere.getSecurePort());
        try (Store store = store(url, false, Authority.OURS)) {
            assertThatThrownBy(() -> store.head(OBJECT)).isInstanceOf(StoreException.class);

            JsonObject answer = verified(store.presignGet(OBJECT, Optional.empty()), Authority.OURS);

            assertThat(answer.getBoolean("ok")).isFalse();
        } finally {
            elsewhere.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void followsNoRedirect(int status) throws Exception {
        try (Counting elsewhere = new Counting("");
                Counting redirecting = new Counting("HTTP/1.1 " + status + " x\r\nLocation: " + elsewhere.url()
                        + "/uploads/u/1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                Store store = new Store(EmbeddedStore.config(
                        new StoreConfig.Address(redirecting.url(), false, Optional.empty()), "secret"))) {
            assertThatThrownBy(() -> store.head(OBJECT)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.multipartUploads(OBJECT)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.delete(OBJECT)).isInstanceOf(StoreException.class);

            assertThat(redirecting.connections()).isGreaterThan(2);
            assertThat(elsewhere.connections()).isZero();
        }
    }

    @Test
    void usesNoProxy() throws Exception {
        try (Counting proxy = new Counting("")) {
            List<String> kinds = List.of("http.proxy", "https.proxy", "socksProxy");
            for (String kind : kinds) {
                System.setProperty(kind + "Host", "127.0.0.1");
                System.setProperty(kind + "Port", Integer.toString(proxy.url().getPort()));
            }
            System.setProperty("http.nonProxyHosts", "");
            System.setProperty("socksNonProxyHosts", "");
            try (Store secure = store(false, Authority.OURS);
                    Store plain = embedded.store()) {
                assertThat(secure.head(OBJECT)).isPresent();
                assertThat(plain.head(OBJECT)).isPresent();
            } finally {
                kinds.forEach(kind -> {
                    System.clearProperty(kind + "Host");
                    System.clearProperty(kind + "Port");
                });
                System.clearProperty("http.nonProxyHosts");
                System.clearProperty("socksNonProxyHosts");
            }
            assertThat(proxy.connections()).isZero();
        }
    }

    private static Store store(boolean bucketInHost, Authority trusted) {
        String origin = bucketInHost ? DOMAIN + ":" + hosts.getSecurePort() : "127.0.0.1:" + paths.getSecurePort();
        return store(URI.create("https://" + origin), bucketInHost, trusted);
    }

    private static Store store(URI url, boolean bucketInHost, Authority trusted) {
        Trust trust = new Trust(trusted.pem());
        return new Store(EmbeddedStore.config(
                new StoreConfig.Address(url, bucketInHost, Optional.of(trust)), EmbeddedStore.SECRET));
    }

    /** What a child JVM answers that is to verify the object. */
    private static JsonObject verified(String link, Authority trusted) throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildMain.class.getName(),
                        trusted.pem().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        JsonObject job = Json.createObjectBuilder()
                .add("kind", "verify")
                .add("url", link)
                .add("payload", Json.createObjectBuilder().add("size", 9))
                .build();
        try (BufferedReader answers = child.inputReader(StandardCharsets.UTF_8)) {
            child.getOutputStream().write((job + "\n").getBytes(StandardCharsets.UTF_8));
            child.getOutputStream().close();
            assertThat(answers.readLine()).isEqualTo("{}"); // it is up
            try (var reader = Json.createReader(answers)) {
                return reader.readObject();
            }
        }
    }

    /** Counts who connects, and gives each the same answer. */
    private static final class Counting implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();
        private final String answer;

        Counting(String answer) throws IOException {
            this.answer = answer;
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    connections.incrementAndGet();
                    int first = socket.getInputStream().read();
                    int rest = first < 0 ? 0 : socket.getInputStream().available();
                    socket.getInputStream().skipNBytes(rest);
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException gone) {
                    // the other end, or the test's
                }
            }
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + server.getLocalPort());
        }

        int connections() {
            return connections.get();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
