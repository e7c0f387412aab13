package dev.sluice.metadata.authorize;

import static dev.sluice.metadata.authorize.AskedApplication.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Answers;
import dev.sluice.metadata.Examples;
import dev.sluice.metadata.LogLines;
import dev.sluice.metadata.authorize.Decision.Allowed;
import dev.sluice.metadata.authorize.Decision.Refused;
import dev.sluice.metadata.authorize.Decision.Undecided;
import dev.sluice.metadata.authorize.Question.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ApplicationTest {
    private static final Question QUESTION = new Question(
            new Credentials(Optional.of("Basic c2VjcmV0"), Optional.of("session=topsecret")),
            Optional.of("c0ffee"),
            Optional.empty(),
            "203.0.113.7",
            Optional.of("photo.jpg"),
            Optional.of("image/jpeg"),
            Optional.of(123_456L));

    private AskedApplication asked;
    private Application application;

    @BeforeEach
    void start() throws IOException {
        asked = new AskedApplication();
        application = asked.application();
    }

    @AfterEach
    void stop() {
        application.close();
        asked.close();
    }

    @Test
    void asksWithTheClientsOwnCredentials() throws Exception {
        application.ask(QUESTION);

        AskedApplication.Asked got = asked.asked.take();
        assertThat(got.path()).isEqualTo("/may-upload");
        assertThat(got.headers().get("authorization")).containsExactly("Basic c2VjcmV0");
        assertThat(got.headers().get("cookie")).containsExactly("session=topsecret");
        assertThat(got.headers().get("x-request-id")).containsExactly("c0ffee");
        assertThat(got.body()).isEqualTo(Examples.read("authorize.json"));
    }

    @Test
    void readsTheTerms() {
        asked.answer(status(200, Examples.read("authorize-answer.json").toString()));

        assertThat(application.ask(QUESTION))
                .isEqualTo(new Allowed(
                        Optional.of("shop"),
                        Optional.of("maria"),
                        Optional.of("uploads"),
                        Optional.of(10_485_760L),
                        Optional.of("{\"order\":4711}")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"204|", "200|{}", "200|{\"else\":1}", "200|{\"owner\":null,\"data\":null,\"max_bytes\":null}"})
    void allowsWithoutTerms(int status, String body) {
        asked.answer(status(status, body == null ? "" : body));

        assertThat(application.ask(QUESTION))
                .isEqualTo(new Allowed(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403|{\"detail\":\"Log in first.\"}|Log in first.",
                "402|{\"title\":\"Pay\",\"detail\":\"  \"}|The application refused this upload.",
                "404|<html>|The application refused this upload.",
                "422|{\"detail\":[{\"loc\":1}]}|The application refused this upload.",
            })
    void refusesInTheApplicationsWords(int status, String body, String detail) {
        asked.answer(status(status, body));

        assertThat(application.ask(QUESTION)).isEqualTo(new Refused(status, detail));
    }

    @Test
    void quotesNoMoreThanFitsAnAnswer() {
        asked.answer(status(403, "{\"detail\":\"" + "x".repeat(2000) + "\"}"));

        assertThat(application.ask(QUESTION)).isEqualTo(new Refused(403, "x".repeat(500)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|",
                "200|<html>welcome</html>",
                "200|[]",
                "200|{\"owner\":7}",
                "200|{\"owner\":\"../other\"}",
                "200|{\"owner\":\"anonymous\"}",
                "200|{\"user\":7}",
                "200|{\"user\":\" \"}",
                "200|{\"user\":\"01234567890123456789012345678901234567890123456789012345678901234\"}",
                "200|{\"max_bytes\":-1}",
                "200|{\"max_bytes\":\"10\"}",
                "200|{\"data\":\"text\"}",
                "200|{\"data\":{} , ",
                "201|{}",
                "202|{}",
                "408|{}",
                "429|{}",
                "500|{\"detail\":\"no\"}",
                "503|",
            })
    void whatIsNoAnswerIsNoLeave(int status, String body) {
        asked.answer(status(status, body == null ? "" : body));

        assertThat(application.ask(QUESTION)).isInstanceOf(Undecided.class);
    }

    @Test
    void takesDataUpToItsLimit() {
        String most = "{\"a\":\"" + "ä".repeat(2044) + "\"}";
        asked.answer(
                status(200, "{\"data\": " + most + "}"),
                status(200, "{\"data\": " + most.replace(":\"", ":\"x") + "}"));

        assertThat(most.getBytes(StandardCharsets.UTF_8)).hasSize(4096);
        assertThat(application.ask(QUESTION))
                .isInstanceOfSatisfying(
                        Allowed.class, allowed -> assertThat(allowed.data()).contains(most));
        assertThat(application.ask(QUESTION)).isInstanceOf(Undecided.class);
    }

    @Test
    void takesDataAsDeepAsWorkersCanRead() {
        String most = "{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}";
        asked.answer(
                status(200, "{\"data\":" + most + "}"),
                status(200, "{\"data\":" + most.replace("[]", "[[]]") + "}"),
                status(200, "{\"data\":{\"a\":" + "[".repeat(995) + "]".repeat(995) + "}}"));

        assertThat(application.ask(QUESTION))
                .isInstanceOfSatisfying(
                        Allowed.class, allowed -> assertThat(allowed.data()).contains(most));
        Undecided tooDeep = new Undecided("\"data\" is nested deeper than 32", Optional.empty());
        assertThat(application.ask(QUESTION)).isEqualTo(tooDeep);
        assertThat(application.ask(QUESTION)).isEqualTo(tooDeep);
    }

    @Test
    void passesOnWhenToComeAgain() {
        asked.answer(
                status(503, "", "Retry-After", "17"),
                status(503, "", "Retry-After", "0"),
                status(503, "", "Retry-After", "Sun, 01 Jan 2090 00:00:00 GMT"));

        assertThat(application.ask(QUESTION)).isEqualTo(new Undecided("status 503", Optional.of(17L)));
        assertThat(application.ask(QUESTION)).isEqualTo(new Undecided("status 503", Optional.of(1L)));
        assertThat(application.ask(QUESTION)).isEqualTo(new Undecided("status 503", Optional.of(3600L)));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirect(int status) {
        asked.answer(
                status(status, "", "Location", asked.url().resolve("/elsewhere").toString()));

        assertThat(application.ask(QUESTION)).isInstanceOf(Undecided.class);
        assertThat(asked.asked).hasSize(1);
    }

    @Test
    void anAnswerWithoutEndIsNone() {
        asked.answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] blanks = " ".repeat(8192).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 1000; i++) {
                exchange.getResponseBody().write(blanks);
            }
        });
        asked.answer(status(200, " ".repeat(20_000) + "{}"));

        assertThat(application.ask(QUESTION)).isInstanceOf(Undecided.class);
    }

    @Test
    void waitsNoLongerThanItsTime() {
        asked.answer(asked.silence());
        try (Application hasty = asked.application(Duration.ofMillis(200))) {
            assertThat(hasty.ask(QUESTION)).isEqualTo(new Undecided("no answer within PT0.2S", Optional.empty()));
        }
    }

    @Test
    void anAnswerThatDripsIsLateToo() {
        asked.answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            asked.silence().answer(exchange);
        });
        try (Application hasty = asked.application(Duration.ofMillis(500))) {
            assertThat(hasty.ask(QUESTION)).isInstanceOf(Undecided.class);
        }
    }

    @Test
    void whoIsNotThereDoesNotAllow() throws Exception {
        URI nowhere;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nowhere = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        try (Application gone =
                new Application(new ApplicationSettings(nowhere, Duration.ofMinutes(1), "a"), Clock.systemUTC())) {
            assertThat(gone.ask(QUESTION)).isInstanceOf(Undecided.class);
        }
    }

    /** The system itself would go on connecting for minutes. */
    @Test
    void whoNeitherTakesNorRefusesConnectionsDoesNotAllow() throws Exception {
        try (Blackhole hole = new Blackhole();
                Application lost = new Application(
                        new ApplicationSettings(hole.url(), Duration.ofMillis(500), "a"), Clock.systemUTC())) {
            assertThat(lost.ask(QUESTION)).isEqualTo(new Undecided("no answer within PT0.5S", Optional.empty()));
        }
    }

    /** Servers close connections that nobody uses for a while, also in the very moment in which they are used again. */
    @Test
    void asksAgainWhenTheConnectionIsClosedUnderTheQuestion() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var executor = Executors.newVirtualThreadPerTaskExecutor();
                Application closed = new Application(
                        new ApplicationSettings(
                                URI.create("http://127.0.0.1:" + server.getLocalPort()), Duration.ofMinutes(1), "a"),
                        Clock.systemUTC())) {
            var served = executor.submit(() -> {
                server.accept().close();
                try (Socket second = server.accept()) {
                    second.getInputStream().read(new byte[8192]);
                    second.getOutputStream()
                            .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                }
                return true;
            });

            assertThat(closed.ask(QUESTION)).isInstanceOf(Allowed.class);
            assertThat(served.get()).isTrue();
        }
    }

    /** The JDK's own texts quote the line and the number. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 session=topsecret|java.net.ProtocolException",
                "HTTP/1.1 200 OK\\r\\nContent-Length: session=topsecret|java.lang.NumberFormatException",
            })
    void doesNotQuoteWhatIsNoHttp(String head, String fault) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var executor = Executors.newVirtualThreadPerTaskExecutor();
                Application echoing = new Application(
                        new ApplicationSettings(
                                URI.create("http://127.0.0.1:" + server.getLocalPort()), Duration.ofMinutes(1), "a"),
                        Clock.systemUTC())) {
            var served = executor.submit(() -> {
                for (int i = 0; i < 2; i++) {
                    try (Socket one = server.accept()) {
                        one.getInputStream().read(new byte[8192]);
                        one.getOutputStream()
                                .write((head.translateEscapes() + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    }
                }
                return true;
            });

            assertThat(echoing.ask(QUESTION)).isEqualTo(new Undecided(fault, Optional.empty()));
            served.cancel(true);
        }
    }

    @Test
    void saysInTheLogWhyButNothingOfTheClientsOrTheAnswers() {
        asked.answer(status(200, "{\"owner\":\"no such owner\"}"));
        try (LogLines log = new LogLines(Application.class.getName())) {
            application.ask(QUESTION);

            assertThat(log.lines)
                    .containsExactly(
                            "application undecided reason=\"owner\" is no name of an owner correlation=c0ffee");
        }
        assertThat(QUESTION.toString()).doesNotContain("c2VjcmV0").doesNotContain("topsecret");
    }

    @Test
    void writesTheExample() {
        Answers.assertShape(QUESTION.json(), Examples.read("authorize.json"));
    }
}
