package dev.sluice.metadata.delivery;

import dev.sluice.metadata.Polling;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Upload;
import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A database of its own, receivers that answer as they are told, and senders between them. */
abstract class Sending {
    static final Duration LOOK_EVERY = Duration.ofMillis(50);
    static final long MAX_BYTES = 8_000_000;

    @TempDir
    Path folder;

    final Deliveries deliveries = new Deliveries(true, new ObjectUrls("https://files.example"));
    Database database;
    Committer committer;
    Receivers receivers;

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

    Sender sender(URI url, Duration giveUp) {
        return sender(receiver(url, giveUp, Duration.ofSeconds(10)), new Random(3));
    }

    Sender sender(Receiver receiver, RandomGenerator random) {
        Sender.Store store = new Sender.Store(database, committer, HaltPoints.none(), Clock.systemUTC(), random);
        return new Sender(store, deliveries, receiver, LOOK_EVERY);
    }

    static Receiver receiver(URI url, Duration giveUp, Duration timeout) {
        return receiver(url, giveUp, timeout, new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)));
    }

    static Receiver receiver(URI url, Duration giveUp, Duration timeout, Backoff retry) {
        WebhookSignature secret = WebhookSignature.parse(Receivers.SECRET).orElseThrow();
        return new Receiver(url, secret, timeout, retry, giveUp);
    }

    void announceOne() {
        announce("upload.completed", upload(), Optional.empty(), JsonObject.EMPTY_JSON_OBJECT);
    }

    void announce(String type, Upload upload, Optional<String> jobId, JsonObject extra) {
        committer.commit(tx -> {
            deliveries.announce(tx, type, upload, jobId, extra, System.currentTimeMillis());
            return 1;
        });
    }

    Upload upload() {
        return upload("gateway");
    }

    Upload upload(String source) {
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

    List<String> states() {
        return database.read(tx -> tx.list("select state from deliveries", row -> row.text("state")));
    }

    void awaitStates(String state, int count) throws InterruptedException {
        await("select count(*) as n from deliveries where state = '" + state + "'", count);
    }

    void await(String countSql, long count) throws InterruptedException {
        Polling.until(() ->
                database.read(tx -> tx.first(countSql, row -> row.number("n"))).orElse(0L) == count);
    }
}
