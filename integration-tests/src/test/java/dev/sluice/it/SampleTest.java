package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.it.stack.Ended;
import dev.sluice.it.stack.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code ./run} says when its sample gets another answer than it should (.ci/sample.sh). */
class SampleTest {
    private static final String SCRIPT = """
            set -u
            DATA=$1 URL=$2 ANONYMOUS=true OWN_RECEIVER=true
            . ../.ci/setup.sh
            . ../.ci/sample.sh
            SAMPLE_BYTES=1000
            run_sample
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "401, refused-by-application, Your application refused the sample (401)",
        "403, refused-by-application, or start with --no-sample",
        "413, upload-too-large, The upload was refused (413): ",
        "503, outcome-unknown, The upload was not confirmed (503): "
    })
    void saysWhoRefusedItOrThatNobodyDid(int status, String code, String said) throws IOException {
        String problem = "{\"status\":" + status + ",\"code\":\"" + code + "\"}";
        HttpServer server = answering(status, problem);
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();

            Ended ended =
                    Ended.of(folder.resolve("log"), Map.of(), "bash", "-c", SCRIPT, "sample", folder.toString(), url);

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.output()).contains(said, problem);
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer answering(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free()), 1);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        return server;
    }
}
