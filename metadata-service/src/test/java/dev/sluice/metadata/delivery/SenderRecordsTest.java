package dev.sluice.metadata.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.LogLines;
import dev.sluice.metadata.Polling;
import dev.sluice.metadata.RowCounts;
import dev.sluice.metadata.Standstill;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.delivery.Receivers.Got;
import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.upload.Upload;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept of that which went out, whatever the database does meanwhile. */
@Timeout(60)
class SenderRecordsTest extends Sending {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** As many as the sender sends at once (Sender.PARALLEL). */
    private static final int PARALLEL = 16;

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
    void anOutcomeThatCannotBeRecordedStopsNoOtherAndGoesOutAgainAfterLongerAndLongerRests() throws Exception {
        Backoff rest = new Backoff(Duration.ofMillis(150), Duration.ofMinutes(1));
        Receiver receiver = receiver(receivers.url(), Duration.ofDays(3), Duration.ofSeconds(10), rest);
        for (int i = 0; i < 3; i++) {
            announceOne();
        }
        String bad = database.read(tx -> tx.first("select id from deliveries", row -> row.text("id")))
                .orElseThrow();
        execute("create trigger bad before update on deliveries when old.id = '" + bad
                + "' begin select raise(abort, 'told to fail'); end");

        try (LogLines log = new LogLines(Sender.class.getName());
                Sender sender = sender(receiver, new Random(3))) {
            sender.start();
            awaitStates("delivered", 2);
            Polling.until(() -> arrivals(bad).size() >= 3);
            assertThat(log.lines).containsOnly("delivery not recorded id=" + bad);
            execute("drop trigger bad");
            awaitStates("delivered", 3);
        }

        List<Long> arrivals = arrivals(bad);
        for (int i = 1; i < arrivals.size(); i++) {
            Duration pause = Duration.ofNanos(arrivals.get(i) - arrivals.get(i - 1));
            assertThat(pause).isGreaterThanOrEqualTo(Duration.ofMillis(rest.ceilingMillis(i - 1)));
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

        try (Sender sender = sender(receiver(receivers.url(), Duration.ofDays(3), Duration.ofSeconds(10)), broken)) {
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

    /** Answers 204 once it may. */
    private Receivers.Answering hanging() {
        return exchange -> {
            receivers.hang.await();
            exchange.sendResponseHeaders(204, -1);
        };
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
}
