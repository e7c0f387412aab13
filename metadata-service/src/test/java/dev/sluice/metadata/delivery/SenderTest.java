package dev.sluice.metadata.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Examples;
import dev.sluice.metadata.LogLines;
import dev.sluice.metadata.Polling;
import dev.sluice.metadata.RowCounts;
import dev.sluice.metadata.Standstill;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.delivery.Receivers.Got;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Upload;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SenderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final long MAX_BYTES = 8_000_000;
    /** As many as the sender sends at once (Sender.PARALLEL). */
    private static final int PARALLEL = 16;

    @TempDir
    Path folder;

    private final Deliveries deliveries = new Deliveries(true, new ObjectUrls("https://files.example"));
    private Database database;
    private Committer committer;
    private Receivers receivers;

    @BeforeEach
    void open() throws Exception {
        database = new Database(folder.resolve("sluice.db"), Optional.of(MAX_BYTES));
        committer = new Committer(database, new Committer.Limits(256, Duration.ofSeconds(2), 64), HaltPoints.none());
        receivers = new Receivers();
    }

    @AfterEach
    void close() {
        receivers.close();
        committer.close();
        database.close();
    }

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
    }

    @Test
    void whatCannotBeRecordedIsNotSentAgainAndAgain() throws Exception {
        announceOne();
        committer.close();
        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();

            assertThat(receivers.got.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(receivers.got.poll(1500, TimeUnit.MILLISECONDS)).isNull();
        }
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
    void whatWasSentIsRecordedTogether() throws Exception {
        int count = 200;
        Upload upload = upload();
        committer.commit(tx -> {
            for (int i = 0; i < count; i++) {
                deliveries.announce(tx, "upload.completed", upload, Optional.empty(), JsonObject.EMPTY_JSON_OBJECT, 1);
            }
            return count;
        });
        long before = committer.batches();

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            awaitStates("delivered", count);
        }

        assertThat(committer.batches() - before).isLessThan(count / 4);
        assertThat(receivers.got).extracting(Got::id).doesNotHaveDuplicates().hasSize(count);
        assertThat(RowCounts.counted(database, "deliveries")).containsExactly(" delivered " + count);
    }

    /** The first outcome waits for a committer that hangs, the second for the first: {@code close()} alone can record that. */
    @Test
    void whatWasSentBeforeTheEndIsOnRecord() throws Exception {
        announceOne();
        announceOne();
        receivers.answer(Receivers.status(503), hanging());
        Standstill standstill = new Standstill(1);
        Thread.startVirtualThread(() -> committer.commit(tx -> standstill.stand()));
        standstill.await();

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            Polling.until(() -> committer.waiting() == 1);
            long seen = deliveries.due().version();
            receivers.hang.countDown();
            deliveries.due().await(seen, PATIENCE.toMillis());
            Thread end = Thread.startVirtualThread(sender::close);
            Polling.until(() -> committer.waiting() == 2);
            standstill.end();
            end.join();
        } finally {
            standstill.end();
        }

        assertThat(RowCounts.counted(database, "deliveries")).containsExactly(" delivered 1", " pending 1");
        assertThat(attempts()).containsExactly(1L, 1L);
    }

    @Test
    void whileNothingCanBeRecordedNoMoreIsSentAndThenEachGoesOutOnce() throws Exception {
        int count = 4 * PARALLEL;
        for (int i = 0; i < count; i++) {
            announceOne();
        }
        execute("create trigger full " + takesMoreRoomThanThereIs());
        receivers.answer(Receivers.status(204));
        for (int i = 0; i < PARALLEL; i++) {
            receivers.answer(hanging());
        }

        try (LogLines log = new LogLines(Sender.class.getName());
                Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
            sender.start();
            awaitLine(log, "deliveries not yet recorded count=1 reason=");
            receivers.hang.countDown();
            Polling.until(() -> log.lines.getLast().contains(" count=" + receivers.got.size() + " "));
            assertThat(receivers.got).hasSizeLessThanOrEqualTo(1 + PARALLEL);
            execute("drop trigger full");
            awaitStates("delivered", count);
        }

        assertThat(receivers.got).extracting(Got::id).doesNotHaveDuplicates().hasSize(count);
        assertThat(RowCounts.counted(database, "deliveries")).containsExactly(" delivered " + count);
    }

    @Test
    void anOutcomeThatCannotBeRecordedStopsNoOtherAndGoesOutAgainAfterARest() throws Exception {
        Duration rest = Duration.ofMillis(300);
        for (int i = 0; i < 3; i++) {
            announceOne();
        }
        String bad = database.read(tx -> tx.first("select id from deliveries", row -> row.text("id")))
                .orElseThrow();
        execute("create trigger bad before update on deliveries when old.id = '" + bad
                + "' begin select raise(abort, 'told to fail'); end");

        try (LogLines log = new LogLines(Sender.class.getName());
                Sender sender = sender(receivers.url(), Duration.ofDays(3), rest, new Random(3))) {
            sender.start();
            awaitStates("delivered", 2);
            Polling.until(() -> arrivals(bad).size() >= 3);
            assertThat(log.lines).containsOnly("delivery not recorded id=" + bad);
            execute("drop trigger bad");
            awaitStates("delivered", 3);
        }

        List<Long> arrivals = arrivals(bad);
        for (int i = 1; i < arrivals.size(); i++) {
            assertThat(arrivals.get(i) - arrivals.get(i - 1)).isGreaterThanOrEqualTo(rest.toNanos());
        }
        assertThat(receivers.got).hasSize(2 + arrivals.size());
        assertThat(RowCounts.counted(database, "deliveries")).containsExactly(" delivered 3");
    }

    @Test
    void aFaultOfOursDoesNotEndTheSending() throws Exception {
        RandomGenerator broken = () -> {
            throw new IllegalStateException("told to fail");
        };
        receivers.answer(Receivers.status(503));
        announceOne();

        try (Sender sender = sender(receivers.url(), Duration.ofDays(3), LOOK_EVERY, broken)) {
            sender.start();
            awaitStates("delivered", 1);
        }

        assertThat(receivers.got).hasSize(2);
        assertThat(attempts()).containsExactly(1L);
    }

    @Test
    void whatCouldNotBeRecordedUntilTheEndIsOnRecordThen() throws Exception {
        announceOne();
        committer.close();
        committer = new Committer(database, new Committer.Limits(1, Duration.ofMillis(10), 1), HaltPoints.none());
        Standstill standstill = new Standstill(1);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                LogLines log = new LogLines(Sender.class.getName())) {
            executor.execute(() -> committer.commit(tx -> standstill.stand()));
            standstill.await();
            executor.execute(() -> committer.commit(tx -> 1));
            Polling.until(() -> committer.waiting() == 1);

            try (Sender sender = sender(receivers.url(), Duration.ofDays(3))) {
                sender.start();
                awaitLine(log, "deliveries not yet recorded count=1 reason=");
                standstill.end();
                Polling.until(() -> committer.waiting() == 0);
            }
        }

        assertThat(states()).containsExactly("delivered");
    }

    @Test
    void aTryThatHangsTooLongHasFailed() throws Exception {
        receivers.answer(exchange -> receivers.hang.await());
        announceOne();

        try (Sender sender = sender(
                receiver(receivers.url(), Duration.ofMillis(100), Duration.ofMillis(300)), LOOK_EVERY, new Random(3))) {
            sender.start();
            awaitStates("dead", 1);
        }

        List<String> errors =
                database.read(tx -> tx.list("select last_error from deliveries", row -> row.text("last_error")));
        assertThat(errors).containsExactly("no answer within PT0.3S");
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

    private Sender sender(URI url, Duration giveUp) {
        return sender(url, giveUp, LOOK_EVERY, new Random(3));
    }

    private Sender sender(URI url, Duration giveUp, Duration lookEvery, RandomGenerator random) {
        return sender(receiver(url, giveUp, Duration.ofSeconds(10)), lookEvery, random);
    }

    private Sender sender(Receiver receiver, Duration lookEvery, RandomGenerator random) {
        Sender.Store store = new Sender.Store(database, committer, HaltPoints.none(), Clock.systemUTC(), random);
        return new Sender(store, deliveries, receiver, lookEvery);
    }

    private static Receiver receiver(URI url, Duration giveUp, Duration timeout) {
        return new Receiver(
                url,
                WebhookSignature.parse(Receivers.SECRET).orElseThrow(),
                timeout,
                new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)),
                giveUp);
    }

    /** Answers 204 once it may. */
    private Receivers.Answering hanging() {
        return exchange -> {
            receivers.hang.await();
            exchange.sendResponseHeaders(204, -1);
        };
    }

    private void announceOne() {
        announce("upload.completed", upload(), Optional.empty(), JsonObject.EMPTY_JSON_OBJECT);
    }

    private void announce(String type, Upload upload, Optional<String> jobId, JsonObject extra) {
        committer.commit(tx -> {
            deliveries.announce(tx, type, upload, jobId, extra, System.currentTimeMillis());
            return 1;
        });
    }

    private Upload upload() {
        return upload("gateway");
    }

    private Upload upload(String source) {
        String id = Ids.next(System.currentTimeMillis());
        return committer.commit(tx -> {
            tx.update("""
                    insert into uploads (id, owner, source, state, attempt, bucket, object_key, size, created_at, completed_at)
                    values (?, 'default', ?, 'completed', 1, 'uploads', ?, 123456, 1, 1)
                    """, id, source, "u/" + id);
            return tx.first("select * from uploads where id = ?", Upload::of, id)
                    .orElseThrow();
        });
    }

    private List<String> states() {
        return database.read(tx -> tx.list("select state from deliveries", row -> row.text("state")));
    }

    private List<Long> attempts() {
        return database.read(tx -> tx.list("select attempts from deliveries", row -> row.number("attempts")));
    }

    /** When tries of this delivery came, by nanoTime. */
    private List<Long> arrivals(String id) {
        return receivers.got.stream()
                .filter(got -> got.id().equals(id))
                .map(Got::nanos)
                .toList();
    }

    private void execute(String sql) {
        committer.commit(tx -> tx.update(sql));
    }

    private static String takesMoreRoomThanThereIs() {
        return "after update on deliveries begin insert into health values (1, 0, zeroblob(" + 2 * MAX_BYTES
                + ")); end";
    }

    private static void awaitLine(LogLines log, String beginning) {
        Polling.until(() -> log.lines.stream().anyMatch(line -> line.startsWith(beginning)));
    }

    private void awaitStates(String state, int count) throws InterruptedException {
        await("select count(*) as n from deliveries where state = '" + state + "'", count);
    }

    private void awaitErrors() throws InterruptedException {
        await("select count(*) as n from deliveries where last_error is not null", 1);
    }

    private void await(String countSql, long count) throws InterruptedException {
        Polling.until(() ->
                database.read(tx -> tx.first(countSql, row -> row.number("n"))).orElse(0L) == count);
    }
}
