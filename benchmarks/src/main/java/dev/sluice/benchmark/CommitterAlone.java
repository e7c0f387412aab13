package dev.sluice.benchmark;

import dev.sluice.gateway.runtime.Ids;
import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.access.Keys;
import dev.sluice.metadata.access.ServiceToken;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.delivery.Deliveries;
import dev.sluice.metadata.event.Completions;
import dev.sluice.metadata.event.StoredMessage;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.job.JobSignals;
import dev.sluice.metadata.job.Rule;
import dev.sluice.metadata.job.Rules;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.upload.Gate;
import dev.sluice.metadata.upload.Intent;
import dev.sluice.metadata.upload.IntentAnswer;
import dev.sluice.metadata.upload.Intents;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Proof;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.UploadPolicy;
import dev.sluice.metadata.upload.UploadRepository.Declared;
import dev.sluice.metadata.upload.UploadTables;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The metadata service's tables and its committing thread in this process, without HTTP: its own classes on a file of its own. */
final class CommitterAlone implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger("dev.sluice.metadata");
    private static final Logger MIGRATIONS = Logger.getLogger("org.flywaydb");
    private static final String OWNER_ADDRESS = "127.0.0.1";

    private final Database database;
    private final Committer committer;
    private final Intents intents;
    private final Completions completions;
    private final FileHandler log;

    CommitterAlone(Path folder) throws IOException {
        log = new FileHandler(folder.resolve("service.log").toString());
        log.setFormatter(new SimpleFormatter());
        LOG.addHandler(log);
        LOG.setUseParentHandlers(false);
        MIGRATIONS.setLevel(Level.WARNING);
        database = new Database(folder.resolve("sluice.db"), Optional.empty());
        committer = new Committer(database, new Committer.Limits(2048, Duration.ofSeconds(2), 256), HaltPoints.none());
        Boots boots = new Boots(
                System::nanoTime,
                committer::canWrite,
                new Boots.Limits(
                        Duration.ofMinutes(1), Duration.ofSeconds(12), Duration.ofSeconds(1), Duration.ofSeconds(5)));
        UploadTables tables = new UploadTables(database, committer, boots, Clock.systemUTC());
        ServiceToken token = new ServiceToken(UUID.randomUUID().toString());
        Access access = new Access(new Keys(folder.resolve("keys")), true, token, token);
        UploadPolicy policy = new UploadPolicy("uploads", Set.of(), "u/", Long.MAX_VALUE);
        intents = new Intents(tables, new Gate(access, policy, Optional.empty()), policy, Times.defaults());
        Rule.Step verify = new Rule.Step("verify", JsonObject.EMPTY_JSON_OBJECT);
        Rules rules = new Rules(List.of(new Rule("default", Rule.Match.ALL, List.of(verify))), new JobSignals());
        completions = new Completions(
                tables, tables.outcomes(rules, new Deliveries(true, ObjectUrls.below(Optional.empty()))));
    }

    /** Has an upload's row made, and the message by which it will be completed. */
    StoredMessage intend() {
        Intent intent = new Intent(
                "benchmark",
                "boot",
                new Credentials(Optional.empty(), Optional.empty()),
                OWNER_ADDRESS,
                Optional.empty(),
                new Declared(
                        Optional.of("file.bin"),
                        Optional.of("application/octet-stream"),
                        Optional.of(SignedMessages.SIZE),
                        Optional.empty()),
                false,
                Optional.empty());
        String request = Ids.next().toString();
        if (!(intents.decide(request, intent) instanceof IntentAnswer.Receive receive)) {
            throw new IllegalStateException("an intent was refused");
        }
        long now = System.currentTimeMillis();
        return new StoredMessage(
                receive.uploadId(),
                receive.attempt(),
                receive.bucket(),
                receive.key(),
                new Proof(
                        SignedMessages.SIZE,
                        Optional.of(SignedMessages.CRC32C),
                        Optional.empty(),
                        Optional.of(SignedMessages.ETAG),
                        Optional.empty(),
                        Optional.of(now),
                        Optional.of(now)));
    }

    /** Returns when it is durable. */
    void complete(StoredMessage message) {
        if (!(completions.complete(message) instanceof Completions.Result.Completed)) {
            throw new IllegalStateException("not completed: " + message.uploadId());
        }
    }

    /** Commits so far. */
    long commits() {
        return committer.batches();
    }

    @Override
    public void close() {
        committer.close();
        database.close();
        LOG.removeHandler(log);
        log.close();
    }
}
