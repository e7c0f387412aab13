package dev.sluice.metadata.job;

import dev.sluice.metadata.SettableClock;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.delivery.Deliveries;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.Checks;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadRepository;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A queue on a real database, with uploads to make jobs of and a clock that the test moves. */
final class JobFixture implements AutoCloseable {
    static final JobSettings SETTINGS = new JobSettings(
            3,
            3,
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10)),
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10)),
            Duration.ofSeconds(30),
            new ObjectUrls("https://files.example"));
    static final Rule VERIFY =
            new Rule("default", Rule.Match.ALL, List.of(new Rule.Step("verify", JsonObject.EMPTY_JSON_OBJECT)));

    final SettableClock clock = new SettableClock();
    final Database database;
    final Committer committer;
    final JobStore store;
    final Rules rules;
    final Leases leases;
    final List<JsonObject> settled = new ArrayList<>();

    JobFixture(Path folder) {
        database = new Database(folder.resolve("sluice.db"), Optional.empty());
        committer = new Committer(database, new Committer.Limits(256, Duration.ofSeconds(2), 64), HaltPoints.none());
        store = new JobStore(database, committer, new JobSignals(), new JobMeters(), clock);
        rules = new Rules(List.of(VERIFY), store.signals());
        leases = new Leases(
                store, SETTINGS, new RecordingChecks(), new Deliveries(true, new ObjectUrls("")), new Random(7));
    }

    private final class RecordingChecks implements Checks {
        @Override
        public JsonObject payload(Transaction tx, String uploadId, int attempt) {
            return JsonIo.object()
                    .add("upload_id", uploadId)
                    .add("attempt", attempt)
                    .build();
        }

        @Override
        public void settle(Transaction tx, String uploadId, int attempt, JsonObject result, long now) {
            settled.add(result);
        }
    }

    /** A completed upload of this owner and the jobs of the rules; returns the first job's id. */
    String job(String owner) {
        Upload upload = upload(owner);
        return committer
                .commit(tx -> rules.plan(tx, upload, clock.millis()))
                .getFirst()
                .id();
    }

    Upload upload(String owner) {
        String id = Ids.next(clock.millis());
        return committer.commit(tx -> {
            tx.update("""
                    insert into uploads (id, owner, source, state, attempt, filename, content_type, bucket, object_key,
                           size, crc32c, etag, created_at, completed_at)
                    values (?, ?, 'gateway', 'completed', 1, 'photo.jpg', 'image/jpeg', 'uploads', ?, 123456,
                           'yZRlqg==', '9bb58f26192e4ba00f01e2e7b136bbd8', ?, ?)
                    """, id, owner, "u/2026/11/21/" + id, clock.millis(), clock.millis());
            return JobRepository.upload(tx, id);
        });
    }

    String check() {
        return check(upload("default").id());
    }

    /** The check of its first attempt: a new one, or the open one brought forward. */
    String check(String uploadId) {
        return committer.commit(
                tx -> rules.check(tx, new UploadRepository().find(tx, uploadId).orElseThrow(), 1, clock.millis()));
    }

    static LeaseRequest request(String worker, String boot, int max) {
        return new LeaseRequest(worker, boot, Job.JOBS, List.of("verify"), max, 0, Optional.empty());
    }

    static LeaseRequest checkRequest() {
        return new LeaseRequest("w", "boot", Job.CHECKS, List.of(Job.CHECK), 1, 0, Optional.empty());
    }

    /** The one job that is due. */
    LeaseToken leaseOne() throws InterruptedException {
        return leases.lease(request("w", "boot", 1)).getFirst().job().token();
    }

    /** The one job that is due, begun by its worker. */
    LeaseToken takeUpOne() throws InterruptedException {
        LeaseToken token = leaseOne();
        leases.heartbeat(token, Optional.empty());
        return token;
    }

    Job find(String id) {
        return database.read(tx -> JobRepository.find(tx, id)).orElseThrow();
    }

    List<String> outcomes(String id) {
        return database.read(tx -> JobRepository.attempts(tx, id)).stream()
                .map(Attempt::outcome)
                .toList();
    }

    List<String> events() {
        return database.read(tx -> tx.list("select type from events order by seq", row -> row.text("type")));
    }

    @Override
    public void close() {
        committer.close();
        database.close();
    }
}
