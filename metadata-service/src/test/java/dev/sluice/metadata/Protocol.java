package dev.sluice.metadata;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.access.Keys;
import dev.sluice.metadata.access.ServiceToken;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.check.CheckSweep;
import dev.sluice.metadata.check.Checker;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.event.Completions;
import dev.sluice.metadata.event.Hints;
import dev.sluice.metadata.event.StoredMessage;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.gateway.Heartbeat;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.Attempt;
import dev.sluice.metadata.upload.Gate;
import dev.sluice.metadata.upload.Intent;
import dev.sluice.metadata.upload.IntentAnswer;
import dev.sluice.metadata.upload.Intents;
import dev.sluice.metadata.upload.Outcomes;
import dev.sluice.metadata.upload.Proof;
import dev.sluice.metadata.upload.Reports;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadPolicy;
import dev.sluice.metadata.upload.UploadRepository.Declared;
import dev.sluice.metadata.upload.UploadTables;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** All that changes uploads, on a real database file, with a clock that only tests move. */
public final class Protocol implements AutoCloseable {
    public static final String GATEWAY = "gw-1";
    public static final String BOOT = "boot-1";
    public static final String BUCKET = "uploads";
    public static final long LENGTH = 10;
    public static final Times TIMES = new Times(
            Duration.ofSeconds(60),
            Duration.ofSeconds(12),
            Duration.ofSeconds(35),
            Duration.ofMinutes(10),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofMillis(200),
            Duration.ofHours(24),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));
    public static final UploadPolicy POLICY = new UploadPolicy(BUCKET, Set.of(), "u/", 1000);
    public static final String WORKER_TOKEN = "worker-token-worker-token";
    public static final String GATEWAY_TOKEN = "gateway-token-gateway-token";
    public static final String ABSENT = "{\"outcome\":\"absent\",\"aborted_multiparts\":1}";

    public final AtomicLong nanos = new AtomicLong();
    public final AtomicBoolean canWrite = new AtomicBoolean(true);
    public final FakePlanner planner = new FakePlanner();
    public final FakeAnnouncer announcer = new FakeAnnouncer();
    public final Database database;
    public final Committer committer;
    public final Boots boots;
    public final UploadTables tables;
    public final Access access;
    public final String key;
    public final Intents intents;
    public final Reports reports;
    public final Completions completions;
    public final Hints hints;
    public final Checker checker;
    public final CheckSweep sweep;
    private long beats;

    public Protocol(Path folder) throws IOException {
        database = new Database(folder.resolve("sluice.db"), Optional.empty());
        committer = new Committer(database, new Committer.Limits(1024, Duration.ofSeconds(2), 256), HaltPoints.none());
        boots = new Boots(
                nanos::get,
                canWrite::get,
                new Boots.Limits(TIMES.silent(), TIMES.replaced(), TIMES.sweep(), TIMES.lateTimer()));
        tables = new UploadTables(database, committer, boots, this::now);
        Path keys = folder.resolve("keys");
        access = new Access(new Keys(keys), false, new ServiceToken(GATEWAY_TOKEN), new ServiceToken(WORKER_TOKEN));
        key = "Bearer " + Files.readString(keys.resolve("default.key")).strip();
        Outcomes outcomes = tables.outcomes(planner, announcer);
        intents = new Intents(tables, gate(), POLICY, TIMES);
        reports = new Reports(tables, outcomes, TIMES.recheck());
        completions = new Completions(tables, outcomes);
        hints = new Hints(tables, planner, POLICY, TIMES);
        checker = new Checker(tables, outcomes, TIMES);
        sweep = new CheckSweep(tables, planner);
    }

    /** Without an application. */
    public Gate gate() {
        return new Gate(access, POLICY, Optional.empty());
    }

    @Override
    public void close() {
        committer.close();
        database.close();
    }

    public Instant now() {
        return Instant.parse("2026-11-21T01:43:00Z").plusNanos(nanos.get());
    }

    /** Time passes and our timers run as they should. */
    public void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            nanos.addAndGet(1_000_000_000L);
            boots.tick();
        }
        sweep.run();
    }

    /** Time passes while this process stands still. */
    public void freeze(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    public String request() {
        return Ids.next(now().toEpochMilli());
    }

    public static Declared declared(String filename, long length) {
        return new Declared(Optional.of(filename), Optional.of("image/jpeg"), Optional.of(length), Optional.empty());
    }

    public Intent intent(String boot, Optional<String> idempotencyKey, Declared declared) {
        return new Intent(
                GATEWAY,
                boot,
                new Credentials(Optional.of(key), Optional.empty()),
                "127.0.0.1",
                Optional.of("c0ffee"),
                declared,
                false,
                idempotencyKey);
    }

    /** An upload without a key that has been let in; its id is the request. */
    public String letIn() {
        return letIn(request(), BOOT, Optional.empty());
    }

    public String letIn(String request, String boot, Optional<String> idempotencyKey) {
        IntentAnswer answer = intents.decide(request, intent(boot, idempotencyKey, declared("photo.jpg", LENGTH)));
        return ((IntentAnswer.Receive) answer).uploadId();
    }

    /** The same, of a body that comes in chunks. */
    public String letInOfUnknownLength() {
        Declared declared = new Declared(Optional.of("stream"), Optional.empty(), Optional.empty(), Optional.empty());
        IntentAnswer answer = intents.decide(request(), intent(BOOT, Optional.empty(), declared));
        return ((IntentAnswer.Receive) answer).uploadId();
    }

    /** A beat that names these requests with one byte received each. */
    public void beat(String boot, String... requests) {
        Map<String, Long> received = new HashMap<>();
        for (String request : requests) {
            received.put(request, 1L);
        }
        beats++;
        reports.beat(GATEWAY, new Heartbeat(boot, beats, received));
    }

    public Completions.Result stored(String uploadId, int attempt) {
        Attempt row = attempt(uploadId, attempt);
        return completions.complete(
                new StoredMessage(uploadId, attempt, row.bucket(), row.objectKey(), proof(Optional.empty())));
    }

    public static Proof proof(Optional<String> sha256) {
        return new Proof(
                LENGTH,
                Optional.of("yZRlqg=="),
                sha256,
                Optional.of("etag-1"),
                Optional.empty(),
                Optional.of(1L),
                Optional.of(2L));
    }

    public Upload upload(String id) {
        return database.read(tx -> tables.uploads().find(tx, id)).orElseThrow();
    }

    public Attempt attempt(String id, int number) {
        return database.read(tx -> tables.attempts().find(tx, id, number)).orElseThrow();
    }

    /** The owner posts the address of this upload's object. */
    public void hint(String id) {
        Upload upload = upload(id);
        hints.hint(upload.owner(), upload.bucket(), upload.objectKey());
    }

    /** A worker takes the oldest check. */
    public JsonObject lease() {
        FakePlanner.Check check = planner.checks.getFirst();
        return committer.commit(tx -> checker.payload(tx, check.uploadId(), check.attempt()));
    }

    /** The worker that took the oldest check reports what it saw. */
    public void settle(String result) {
        FakePlanner.Check check = planner.checks.removeFirst();
        committer.commit(tx -> {
            checker.settle(tx, check.uploadId(), check.attempt(), json(result), now().toEpochMilli());
            return 1;
        });
    }

    /** A worker takes the oldest check and reports what it saw. */
    public JsonObject check(String result) {
        JsonObject payload = lease();
        settle(result);
        return payload;
    }

    public static String there(String uploadId) {
        return """
               {"outcome":"there","size":10,"etag":"etag-1","version_id":null,"crc32c":"yZRlqg==","upload_id":"%s"}""".formatted(uploadId);
    }

    public static JsonObject json(String text) {
        try (var reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
