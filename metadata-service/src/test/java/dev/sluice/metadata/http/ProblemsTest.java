package dev.sluice.metadata.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.LocalServer;
import dev.sluice.metadata.LogLines;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProblemsTest {
    private WebServer server;

    @BeforeEach
    void start() {
        server = LocalServer.start(HttpRouting.builder().post("/message", (req, res) -> {
            JsonIo.body(req, 1000);
            res.send();
        }));
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 50\r\n\r\n{\"a\":", "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n"})
    void aBodyThatEndsEarlyIsTheClientsFault(String rest) throws IOException {
        try (LogLines log = new LogLines(Problems.class.getName())) {
            String answer = answer("POST /message HTTP/1.1\r\nHost: sluice\r\n" + rest);

            assertThat(answer)
                    .startsWith("HTTP/1.1 400 ")
                    .containsIgnoringCase("\r\nconnection: close\r\n")
                    .contains("\"code\":\"body-interrupted\"");
            assertThat(log.lines).isEmpty();
        }
    }

    /** Everything that is heard when the request is all that is ever sent. */
    private String answer(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
