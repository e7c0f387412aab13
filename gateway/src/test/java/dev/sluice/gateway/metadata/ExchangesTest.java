package dev.sluice.gateway.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.connection.HttpAnswer;
import dev.sluice.gateway.s3.LoopbackNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ExchangesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)");
    private static final String ANSWER = "{\"detail\":\"größer\"}";

    private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger heard = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Exchanges exchanges = exchanges("127.0.0.1");

    ExchangesTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        end.countDown();
        exchanges.close();
        server.close();
    }

    @Test
    void keepsAConnectionForTheNextMessage() throws Exception {
        serve(connection -> {
            for (int i = 1; i <= 2; i++) {
                readRequest(connection);
                answer(connection);
            }
        });

        assertAnswered(exchanges);
        assertAnswered(exchanges);

        assertThat(accepted).hasValue(1);
    }

    @Test
    void sendsAgainWhatAKeptConnectionDidNotGetAcross() throws Exception {
        serve(
                connection -> {
                    readRequest(connection);
                    answer(connection);
                    readRequest(connection);
                },
                this::answerOnce);

        assertAnswered(exchanges);
        assertAnswered(exchanges);

        assertThat(heard).hasValue(3);
        assertThat(accepted).hasValue(2);
    }

    @Test
    void doesNotSendAgainWhatRanOutOfTime() throws Exception {
        serve(
                connection -> {
                    readRequest(connection);
                    answer(connection);
                    readRequest(connection);
                    connection.getInputStream().read();
                },
                this::answerOnce);
        assertAnswered(exchanges);

        assertThatThrownBy(() -> exchanges.exchange(message(), SHORT)).isInstanceOf(InterruptedIOException.class);

        assertAnswered(exchanges);
        assertThat(accepted).as("the next message's, and none between").hasValue(2);
    }

    @Test
    void doesNotSendAgainWhatWasInterrupted() throws Exception {
        Thread asking = Thread.currentThread();
        serve(
                connection -> {
                    readRequest(connection);
                    answer(connection);
                    readRequest(connection);
                    asking.interrupt();
                    connection.getInputStream().read();
                },
                this::answerOnce);
        assertAnswered(exchanges);

        assertThatThrownBy(() -> exchanges.exchange(message(), PATIENCE)).isInstanceOf(IOException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertAnswered(exchanges);
        assertThat(accepted).as("the next message's, and none between").hasValue(2);
    }

    @Test
    void countsATryOnAKeptConnectionInTheTimeOfTheNext() throws Exception {
        serve(
                connection -> {
                    readRequest(connection);
                    answer(connection);
                    readRequest(connection);
                    end.await(2500, TimeUnit.MILLISECONDS);
                },
                connection -> {
                    readRequest(connection);
                    connection.getInputStream().read();
                });
        assertAnswered(exchanges);
        long start = System.nanoTime();

        assertThatThrownBy(() -> exchanges.exchange(message(), Duration.ofSeconds(4)))
                .isInstanceOf(InterruptedIOException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        assertThat(accepted).hasValue(2);
    }

    @Test
    void takesNothingForAnAnswerThatCameBeforeItsQuestion() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch unasked = new CountDownLatch(1);
        serve(
                connection -> {
                    readRequest(connection);
                    answer(connection);
                    answered.await();
                    write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                    unasked.countDown();
                    connection.getInputStream().read();
                },
                this::answerOnce);
        assertAnswered(exchanges);
        answered.countDown();
        assertThat(unasked.await(30, TimeUnit.SECONDS)).isTrue();

        assertAnswered(exchanges);

        assertThat(accepted).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1a",
                "Content-Length: -1",
                "Content-Length: 99999999999999999999",
                "Content-Length: 1\r\nContent-Length: 0"
            })
    void takesNoAnswerOfUnclearLength(String length) throws Exception {
        CompletableFuture<Integer> afterAnswer = new CompletableFuture<>();
        serve(
                connection -> {
                    readRequest(connection);
                    write(connection, "HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n");
                    readTo(afterAnswer, connection);
                },
                this::answerOnce);

        assertThatThrownBy(() -> exchanges.exchange(message(), PATIENCE)).isInstanceOf(ProtocolException.class);

        assertThat(afterAnswer.get(30, TimeUnit.SECONDS)).as("closed").isEqualTo(-1);
        assertAnswered(exchanges);
    }

    @Test
    void takesALengthThatIsSaidTwice() throws Exception {
        serve(connection -> {
            readRequest(connection);
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}");
        });

        assertThat(exchanges.exchange(message(), PATIENCE).body()).isEqualTo("{}");
    }

    @Test
    void givesUpAnAnswerThatDoesNotEndAndLeavesInGoodOrder() throws Exception {
        CompletableFuture<Integer> afterAnswer = new CompletableFuture<>();
        serve(connection -> {
            readRequest(connection);
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{");
            readTo(afterAnswer, connection);
        });

        assertThatThrownBy(() -> exchanges.exchange(message(), SHORT)).isInstanceOf(InterruptedIOException.class);

        assertThat(afterAnswer.get(30, TimeUnit.SECONDS)).as("no reset").isEqualTo(-1);
    }

    @Test
    void doesNotWaitForAResolverThatHangs() throws Exception {
        String host = "metadata.sluice.test";
        CountDownLatch release = new CountDownLatch(1);
        LoopbackNames.HANGING.put(host, release);
        serve(this::answerOnce);
        try (Exchanges named = exchanges(host)) {
            for (int i = 1; i <= 3; i++) {
                assertThatThrownBy(() -> named.exchange(message(), SHORT)).isInstanceOf(InterruptedIOException.class);
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("look-up " + host))
                    .as("one look-up for all of them")
                    .hasSize(1);

            release.countDown();

            assertAnswered(named);
        } finally {
            release.countDown();
            LoopbackNames.HANGING.remove(host);
        }
    }

    @Test
    void letsNoValueBeginAnotherHeader() {
        assertThatThrownBy(() -> message().header("traceparent", "a\r\nAuthorization: b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Exchanges exchanges(String host) {
        return new Exchanges(URI.create("http://" + host + ":" + server.getLocalPort()), Duration.ofSeconds(1));
    }

    private static void assertAnswered(Exchanges exchanges) throws IOException {
        HttpAnswer answer = exchanges.exchange(message(), PATIENCE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(ANSWER);
    }

    private static Message message() {
        return new Message("PUT", "/internal/uploads/a", ANSWER);
    }

    /** What the server does with one connection. */
    private interface Script {
        void run(Socket connection) throws IOException, InterruptedException;
    }

    /** One script for each connection, in order. */
    private void serve(Script... scripts) {
        Thread.startVirtualThread(() -> {
            try {
                for (Script script : List.of(scripts)) {
                    Socket connection = server.accept();
                    connection.setTcpNoDelay(true); // what is written is there
                    accepted.incrementAndGet();
                    Thread.startVirtualThread(() -> run(script, connection));
                }
            } catch (IOException ignored) {
                // The test is over.
            }
        });
    }

    private static void run(Script script, Socket connection) {
        try (connection) {
            script.run(connection);
        } catch (IOException ignored) {
            // The other end has gone, as some tests want.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answerOnce(Socket connection) throws IOException {
        readRequest(connection);
        answer(connection);
    }

    private static void answer(Socket connection) throws IOException {
        write(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n"
                        + ANSWER);
    }

    private static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void readTo(CompletableFuture<Integer> next, Socket connection) {
        try {
            next.complete(connection.getInputStream().read());
        } catch (IOException e) {
            next.completeExceptionally(e);
        }
    }

    private void readRequest(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        StringBuilder head = new StringBuilder();
        for (int next = in.read(); next >= 0; next = head.indexOf("\r\n\r\n") < 0 ? in.read() : -1) {
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        assertThat(length.find()).isTrue();
        assertThat(in.readNBytes(Integer.parseInt(length.group(1)))).isEqualTo(ANSWER.getBytes(StandardCharsets.UTF_8));
        heard.incrementAndGet();
    }
}
