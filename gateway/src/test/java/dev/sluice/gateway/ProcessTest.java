package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.gateway.FakeMetadata.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a process of its own: how it starts, halts and ends. */
@Timeout(60)
class ProcessTest {
    private static final Pattern STARTED = Pattern.compile("gateway started .*port=(\\d+) health=\\d+");
    private static final String HEAD = "PUT /upload/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Process> processes = new ArrayList<>();
    private HttpServer store;
    private FakeMetadata metadata;

    @BeforeEach
    void start() throws IOException {
        metadata = new FakeMetadata();
        store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        store.setExecutor(threads);
        store.createContext("/", ProcessTest::takeAnything);
        store.start();
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
        store.stop(0);
        threads.shutdownNow();
        metadata.close();
    }

    @Test
    void haltsWhereItWasToldTo() throws Exception {
        Process gateway = run("--halt-at", "stored:1");
        BufferedReader output = gateway.inputReader();

        try (RawClient client = new RawClient(port(output))) {
            assertThat(client.send(HEAD + "abc").everything()).isEmpty();
        }

        assertThat(gateway.waitFor()).isEqualTo(137);
        assertThat(output.lines()).contains("halt point stored");
        assertThat(metadata.count(Kind.COMPLETION)).isZero();
    }

    @Test
    void finishesWhatRunsAndRefusesWhatComesAfterTerm() throws Exception {
        Process gateway = run("gateway.drain=PT20S");
        BufferedReader output = gateway.inputReader();
        int port = port(output);

        try (RawClient running = new RawClient(port);
                RawClient late = new RawClient(port)) {
            running.send(HEAD + "ab");
            metadata.next(Kind.INTENT);
            gateway.toHandle().destroy();
            assertThat(await(output, Pattern.compile("gateway draining open=(\\d+)")))
                    .isEqualTo("1");

            assertThat(late.send(HEAD + "abc").everything())
                    .startsWith("HTTP/1.1 503")
                    .contains("draining");
            assertThat(running.send("c").answer()).startsWith("HTTP/1.1 201");
        }

        assertThat(await(output, Pattern.compile("gateway drained open=(\\d+)")))
                .isEqualTo("0");
        assertThat(gateway.waitFor()).isZero();
    }

    @Test
    void namesTheRequestInItsLog() throws Exception {
        Process gateway = run();
        BufferedReader output = gateway.inputReader();

        try (RawClient client = new RawClient(port(output))) {
            String named = HEAD.replace("Host: x", "Host: x\r\nX-Request-Id: corr-1");
            assertThat(client.send(named + "abc").answer()).startsWith("HTTP/1.1 201");
        }

        String id = await(output, Pattern.compile("upload begun id=(\\S+) correlation=corr-1 "));
        assertThat(await(output, Pattern.compile("upload announced id=(\\S+) correlation=corr-1 ")))
                .isEqualTo(id);
    }

    @Test
    void saysWhatItCanBeTold() throws Exception {
        Process gateway = run("--help");

        assertThat(gateway.inputReader().lines())
                .startsWith("gateway: relays uploads into the object store and keeps nothing")
                .contains("  --help, --version")
                .anyMatch(line -> line.matches("  storage.ca-file +JVM's authorities .*"))
                .endsWith("What each key means: docs/configuration.md");
        assertThat(gateway.waitFor()).isZero();
    }

    @Test
    void saysInOneLineWhatIsWrongWithItsConfiguration() throws Exception {
        assertRefused("storage.url ", "storage.url=ftp://127.0.0.1:1");
        assertRefused("--halt-at wants ", "--halt-at", "stored");
    }

    @Test
    void saysWhereAKeyThatIsWrongMayStand() throws Exception {
        Path file = Files.writeString(folder.resolve("mine.yaml"), "gateway:\n  lingr: PT1S\n");

        Process gateway = run("--config", file.toString());

        assertThat(gateway.inputReader().readLine())
                .startsWith("gateway: gateway.lingr is unknown; did you mean gateway.linger? (in ")
                .endsWith(" or " + file + ")");
        assertThat(gateway.waitFor()).isEqualTo(2);
    }

    @Test
    void haltsNowhereWhenOthersCanReachIt() throws Exception {
        assertRefused(
                "--halt-at ",
                "--halt-at",
                "stored:1",
                "gateway.listen=0.0.0.0:0",
                "gateway.only-nginx-reaches-me=true");
    }

    private void assertRefused(String begin, String... arguments) throws Exception {
        Process gateway = run(arguments);

        assertThat(gateway.inputReader().lines()).singleElement().asString().startsWith("gateway: " + begin);
        assertThat(gateway.waitFor()).isEqualTo(2);
    }

    private Process run(String... arguments) throws IOException {
        Map<String, String> values = RunningGateway.values(folder);
        values.put("storage.url", "http://127.0.0.1:" + store.getAddress().getPort());
        values.put("storage.integrity", "size");
        values.put("gateway.metadata-url", metadata.url().toString());
        Path file = folder.resolve("gateway.properties");
        Files.write(
                file,
                values.entrySet().stream()
                        .map(value -> value.getKey() + "=" + value.getValue())
                        .toList());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                GatewayMain.class.getName(),
                "--config",
                file.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private static int port(BufferedReader output) throws IOException {
        return Integer.parseInt(await(output, STARTED));
    }

    /** Reads on to the line that has it, and returns its first group. */
    private static String await(BufferedReader output, Pattern pattern) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher found = pattern.matcher(line);
            if (found.find()) {
                return found.group(1);
            }
        }
        throw new AssertionError("ended without " + pattern);
    }

    private static void takeAnything(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("ETag", "\"e1\"");
            exchange.sendResponseHeaders(200, -1);
        }
    }
}
