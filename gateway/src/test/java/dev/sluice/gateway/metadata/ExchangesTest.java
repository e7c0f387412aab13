package dev.sluice.gateway.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.connection.HttpAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExchangesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)");
    private static final String ANSWER = "{\"detail\":\"größer\"}";

    private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final Exchanges exchanges =
            new Exchanges(URI.create("http://127.0.0.1:" + server.getLocalPort()), Duration.ofSeconds(1));

    private final CompletableFuture<Integer> afterAnswer = new CompletableFuture<>();

    ExchangesTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        exchanges.close();
        server.close();
    }

    @Test
    void sendsAgainWhatAKeptConnectionDidNotGetAcross() throws Exception {
        Thread.startVirtualThread(() -> serve(ANSWER.getBytes(StandardCharsets.UTF_8), true));

        for (int i = 1; i <= 3; i++) {
            HttpAnswer answer = exchanges.exchange(message(), PATIENCE);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(ANSWER);
        }
    }

    @Test
    void givesUpAnAnswerThatDoesNotEndAndLeavesInGoodOrder() throws Exception {
        Thread.startVirtualThread(() -> serve("{".getBytes(StandardCharsets.UTF_8), false));

        assertThatThrownBy(() -> exchanges.exchange(message(), Duration.ofMillis(200)))
                .isInstanceOf(InterruptedIOException.class);

        assertThat(afterAnswer.get(30, TimeUnit.SECONDS)).as("no reset").isEqualTo(-1);
    }

    @Test
    void letsNoValueBeginAnotherHeader() {
        assertThatThrownBy(() -> message().header("traceparent", "a\r\nAuthorization: b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Message message() {
        return new Message("PUT", "/internal/uploads/a", ANSWER);
    }

    /** Answers one request on each connection, and says that the answer is as long as a whole one. */
    private void serve(byte[] answer, boolean ends) {
        byte[] whole = ANSWER.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + whole.length + "\r\n\r\n";
        try {
            while (true) {
                Socket connection = server.accept();
                readRequest(connection.getInputStream());
                connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                connection.getOutputStream().write(answer);
                if (ends) {
                    connection.close();
                } else {
                    afterAnswer.complete(connection.getInputStream().read());
                }
            }
        } catch (IOException e) {
            // A reset, or the test is over.
            afterAnswer.completeExceptionally(e);
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int next = in.read(); next >= 0; next = head.indexOf("\r\n\r\n") < 0 ? in.read() : -1) {
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        assertThat(length.find()).isTrue();
        assertThat(in.readNBytes(Integer.parseInt(length.group(1)))).isEqualTo(ANSWER.getBytes(StandardCharsets.UTF_8));
    }
}
