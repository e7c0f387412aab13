package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Ports;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real nginx passes on and writes down of a request, shown by a server in the gateway's place; nothing else runs. */
class HeadersTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();
    private static final BlockingQueue<Map<String, String>> RECEIVED = new LinkedBlockingQueue<>();
    private static final HttpServer GATEWAY = gateway();
    private static final Stack STACK = new Stack(
            "headers",
            Options.plain().nginx("GATEWAY", "127.0.0.1:" + GATEWAY.getAddress().getPort()));

    @BeforeAll
    static void start() {
        STACK.nginx().start();
    }

    @AfterAll
    static void stop() {
        STACK.close();
        GATEWAY.stop(0);
        THREADS.shutdownNow();
    }

    @Test
    void passesOnNothingThatAStoreOrAProxyCouldObey() throws Exception {
        sending()
                .with("x-amz-copy-source", "/uploads/u/secret")
                .with("X-Amz-Meta-Upload-Id", "forged")
                .with("x-amz-acl", "public-read")
                .with("X-Minio-Source-Mtime", "2026-11-21T00:00:00Z")
                .with("X-Forwarded-For", "192.0.2.1")
                .with("X-Forwarded-Proto", "https")
                .with("X-Http-Method-Override", "DELETE")
                .with("Cookie", "a=b")
                .send(STACK);

        Map<String, String> headers = received();
        assertThat(headers)
                .containsOnlyKeys(
                        "authorization",
                        "content-length",
                        "content-type",
                        "cookie",
                        "host",
                        "x-forwarded-for",
                        "x-forwarded-proto",
                        "x-request-id")
                .containsEntry("x-forwarded-for", "127.0.0.1")
                .containsEntry("x-forwarded-proto", "http");
    }

    @Test
    void givesEachRequestANameOfItsOwn() throws Exception {
        Answer first = sending().with("X-Request-Id", "mine").send(STACK);
        Answer second = sending().with("X-Request-Id", "mine").send(STACK);

        assertThat(received()).containsEntry("x-request-id", name(first));
        assertThat(received()).containsEntry("x-request-id", name(second));
        assertThat(List.of(name(first), name(second)))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[0-9a-f]{32}"));
    }

    @Test
    void passesATraceContextOn() throws Exception {
        sending().with("traceparent", TRACE).with("tracestate", "a=1").send(STACK);

        assertThat(received()).containsEntry("traceparent", TRACE).containsEntry("tracestate", "a=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", TRACE + "-more", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
    void believesNoOtherTraceContext(String parent) throws Exception {
        sending().with("traceparent", parent).with("tracestate", "a=1").send(STACK);

        assertThat(received()).doesNotContainKeys("traceparent", "tracestate");
    }

    @Test
    void writesARequestDownAsOneLineOfJsonWithoutItsFileName() throws Exception {
        Answer answer = sending().with("traceparent", TRACE).send(STACK);
        received();

        Await.until(
                "it is in the log", Times.SETTLED, () -> !logged(name(answer)).isEmpty());

        assertThat(logged(name(answer))).singleElement().satisfies(line -> {
            JsonObject entry = parse(line);
            assertThat(entry.getString("path")).isEqualTo("/upload/-");
            assertThat(entry.getString("method")).isEqualTo("PUT");
            assertThat(entry.getString("status")).isEqualTo("201");
            assertThat(entry.getString("traceparent")).isEqualTo(TRACE);
            assertThat(entry.getString("upstream_status")).isEqualTo("201");
            assertThat(line).doesNotContain("holiday");
        });
    }

    @Test
    void startsWithoutPrivileges(@TempDir Path folder) throws Exception {
        int port = Ports.free();
        Process nginx = unprivileged(folder, port);
        try {
            Await.until("it answers", Times.SETTLED, () -> Http.get("http://127.0.0.1:" + port + "/nowhere", Map.of())
                    .code()
                    .equals("not-found"));

            assertThat(nginx.toHandle().info().user()).isPresent().get().isNotEqualTo("root");
            nginx.destroy();
            assertThat(nginx.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(nginx.exitValue()).isZero();
        } finally {
            nginx.destroy();
        }
    }

    private static HttpServer gateway() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
            server.setExecutor(THREADS);
            server.createContext("/", HeadersTest::take);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
            RECEIVED.add(headers);
            exchange.sendResponseHeaders(201, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static Map<String, String> received() throws InterruptedException {
        Map<String, String> headers = RECEIVED.poll(Times.SETTLED.toSeconds(), TimeUnit.SECONDS);
        if (headers == null) {
            throw new AssertionError("nothing came");
        }
        return headers;
    }

    private static Sending sending() {
        return Sending.of("holiday.jpg", new Payload(1, 10));
    }

    private static String name(Answer answer) {
        return answer.header("X-Request-Id").orElseThrow();
    }

    private static List<String> logged(String request) {
        try {
            return Files.readAllLines(STACK.folder().resolve("nginx/logs/access.log")).stream()
                    .filter(line -> line.contains(request))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject parse(String line) {
        try (var reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }

    /** The same configuration in a folder of its own, as nobody where the tests run as root. */
    private static Process unprivileged(Path folder, int port) throws IOException, InterruptedException {
        Path original = STACK.folder().resolve("nginx");
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(
                configuration,
                Files.readString(original.resolve("nginx.conf"))
                        .replace(original.toString(), folder.toString())
                        .replace("127.0.0.1:" + STACK.port(), "127.0.0.1:" + port));
        Files.createDirectory(folder.resolve("tmp"));
        Files.createDirectory(folder.resolve("logs"));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            new ProcessBuilder("chown", "-R", "65534", folder.toString())
                    .start()
                    .waitFor();
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.addAll(List.of("nginx", "-p", folder.toString(), "-c", configuration.toString(), "-e", "stderr"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(STACK.folder().resolve("logs/unprivileged.log").toFile())
                .start();
    }
}
