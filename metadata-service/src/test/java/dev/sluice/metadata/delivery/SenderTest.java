package dev.sluice.metadata.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Examples;
import dev.sluice.metadata.RowCounts;
import dev.sluice.metadata.delivery.Receivers.Got;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Upload;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes out, and how often. */
@Timeout(60)
class SenderTest extends Sending {
    @Test
    void deliversSignedCallbacksAsTheContractWritesThem() throws Exception {
        Upload upload = upload();
        announce("upload.completed", upload, Optional.empty(), JsonObject.EMPTY_JSON_OBJECT);
        announce(
                "job.succeeded",
                upload,
                Optional.of("job-1"),
                JsonIo.object()
                        .add("kind", "verify")
                        .add("result", JsonIo.object().add("size", 123456))
                        .build());
        announce(
                "job.dead",
                upload,
                Optional.of("job-1"),
                JsonIo.object()
                        .add("kind", "verify")
                        .add("error", "size differs")
                        .add("quarantined", false)
                        .build());
        announce("upload.failed", upload, Optional.empty(), JsonObject.EMPTY_JSON_OBJECT);

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            for (int i = 0; i < 4; i++) {
                Got got = receivers.got.poll(20, TimeUnit.SECONDS);
                JsonObject body = JsonIo.parse(got.body());
                String example = "callback-" + body.getString("type").replace('.', '-') + ".json";
                assertThat(got.signed()).isTrue();
                assertThat(Examples.shape(body)).isEqualTo(Examples.shape(Examples.read(example)));
            }
            awaitStates("delivered", 4);
        }

        JsonArray shown = database.read(tx -> DeliveryParts.of(tx, List.of(upload.id())))
                .getOrDefault(upload.id(), JsonArray.EMPTY_JSON_ARRAY);
        assertThat(Examples.shape(shown))
                .isEqualTo(Examples.shape(Examples.read("upload.json").getJsonArray("deliveries")));
    }

    @Test
    void namesNoAddressOfAnObjectThatWasOnlyReported() throws Exception {
        Upload sent = upload();
        Upload reported = upload("hint");
        for (Upload upload : List.of(sent, reported)) {
            announce("upload.completed", upload, Optional.empty(), JsonObject.EMPTY_JSON_OBJECT);
            announce("job.succeeded", upload, Optional.of("job-1"), JsonObject.EMPTY_JSON_OBJECT);
            announce("job.dead", upload, Optional.of("job-2"), JsonObject.EMPTY_JSON_OBJECT);
        }

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            awaitStates("delivered", 6);
        }

        List<JsonObject> told = receivers.got.stream()
                .map(got -> JsonIo.parse(got.body()).getJsonObject("data"))
                .toList();
        assertThat(told)
                .filteredOn(data -> data.getString("upload_id").equals(reported.id()))
                .hasSize(3)
                .allMatch(data -> data.isNull("object_url"))
                .filteredOn(data -> data.containsKey("bucket"))
                .extracting(Examples::shape)
                .containsExactly(Examples.shape(
                        Examples.read("callback-upload-completed-reported.json").getJsonObject("data")));
        assertThat(told)
                .filteredOn(data -> data.getString("upload_id").equals(sent.id()))
                .extracting(data -> data.getString("object_url"))
                .hasSize(3)
                .containsOnly("https://files.example/objects/" + sent.id());
    }

    @Test
    void repeatsUnderTheSameIdUntilTheReceiverTakesIt() throws Exception {
        receivers.answer(Receivers.status(503), Receivers.status(410), Receivers.status(404));
        announceOne();

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            awaitStates("delivered", 1);
        }

        Set<String> ids = new HashSet<>();
        receivers.got.forEach(got -> ids.add(got.id()));
        assertThat(receivers.got).hasSize(4);
        assertThat(ids).hasSize(1);
        assertThat(RowCounts.counted(database, "deliveries")).containsExactly(" delivered 1");
    }

    @Test
    void neverFollowsARedirect() throws Exception {
        receivers.answer(exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(307, -1);
        });
        announceOne();

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            awaitStates("delivered", 1);
        }

        assertThat(receivers.got).hasSize(2);
    }

    @Test
    void givesUpWhenNobodyListensForTooLong() throws Exception {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
        }
        announceOne();

        try (Sender sender = sender(nobody, Duration.ofMillis(200))) {
            sender.start();
            awaitStates("dead", 1);
        }

        assertThat(RowCounts.counted(database, "deliveries")).containsExactly(" dead 1");
        assertThat(errors()).containsExactly("connection refused");
    }

    @Test
    void aHangingTryHoldsUpNoOther() throws Exception {
        receivers.answer(exchange -> receivers.hang.await());
        for (int i = 0; i < 5; i++) {
            announceOne();
        }

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            awaitStates("delivered", 4);
            receivers.hang.countDown();
            awaitStates("delivered", 5);
        }
    }

    @Test
    void aTryThatHangsTooLongHasFailed() throws Exception {
        receivers.answer(exchange -> receivers.hang.await());
        announceOne();

        try (Sender sender =
                sender(receiver(receivers.url(), Duration.ofMillis(100), Duration.ofMillis(300)), new Random(3))) {
            sender.start();
            awaitStates("dead", 1);
        }

        assertThat(errors()).containsExactly("no answer within PT0.3S");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://127.0.0.1:PORT/|''|connection closed without an answer",
                "http://127.0.0.1:PORT/|hello|the answer is not HTTP",
                "http://127.0.0.1:PORT/|HTTP/1.1 200 OK+Content-Length: x|no answer that can be read",
                "https://127.0.0.1:PORT/|hello, hello|Unrecognized SSL message, plaintext connection?"
            })
    void saysInWordsWhyThereWasNoAnswer(String url, String answer, String error) throws Exception {
        announceOne();

        try (ServerSocket socket = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
                Sender sender = sender(
                        URI.create(url.replace("PORT", Integer.toString(socket.getLocalPort()))),
                        Duration.ofMillis(200))) {
            Thread.startVirtualThread(() -> answerAll(socket, answer.replace("+", "\n")));
            sender.start();
            awaitStates("dead", 1);
        }

        assertThat(errors()).containsExactly(error);
    }

    /** Whoever comes, until the socket is closed; reads the request first, for what is left unread resets the connection. */
    private static void answerAll(ServerSocket socket, String answer) {
        byte[] request = new byte[8192];
        try {
            while (true) {
                try (Socket connection = socket.accept()) {
                    int read = connection.getInputStream().read(request);
                    if (read > 0) {
                        connection
                                .getOutputStream()
                                .write(answer.isEmpty() ? new byte[0] : (answer + "\n\n").getBytes(UTF_8));
                    }
                }
            }
        } catch (IOException e) {
            assertThat(socket.isClosed()).as("%s", e).isTrue();
        }
    }

    private List<String> errors() {
        return database.read(tx -> tx.list("select last_error from deliveries", row -> row.text("last_error")));
    }

    @Test
    void waitsAsLongAsTheReceiverAsks() throws Exception {
        receivers.answer(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "600");
            exchange.sendResponseHeaders(503, -1);
        });
        long before = System.currentTimeMillis();
        announceOne();

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            awaitErrors();
        }

        long runAt = database.read(tx -> tx.first("select run_at from deliveries", row -> row.number("run_at")))
                .orElseThrow();
        assertThat(runAt - before).isGreaterThanOrEqualTo(600_000);
        assertThat(receivers.got).hasSize(1);
    }

    @Test
    void writesEventsEvenWithoutAReceiver() {
        Upload upload = upload();
        committer.commit(tx -> {
            new Deliveries(false, new ObjectUrls(""))
                    .announce(tx, "upload.completed", upload, Optional.empty(), JsonObject.EMPTY_JSON_OBJECT, 1);
            return 1;
        });

        List<Event> events = database.read(tx -> EventLog.page(tx, "default", 0, 10));
        assertThat(events).extracting(Event::seq).containsExactly(1L);
        assertThat(states()).isEmpty();
    }

    private void awaitErrors() throws InterruptedException {
        await("select count(*) as n from deliveries where last_error is not null", 1);
    }
}
