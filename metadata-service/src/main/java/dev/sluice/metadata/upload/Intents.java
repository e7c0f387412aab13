package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.http.LogText;
import dev.sluice.metadata.runtime.HaltPoint;
import dev.sluice.metadata.upload.Admission.Terms;
import dev.sluice.metadata.upload.IntentAnswer.InProgress;
import dev.sluice.metadata.upload.IntentAnswer.Receive;
import dev.sluice.metadata.upload.IntentAnswer.Refuse;
import dev.sluice.metadata.upload.IntentAnswer.Replay;
import dev.sluice.metadata.upload.UploadRepository.Declared;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Optional;

/** Decides, before a byte is read, what becomes of a request (docs/upload-life.md rules 1, 2 and 8). Thread-safe. */
public final class Intents {
    private static final Logger LOG = System.getLogger(Intents.class.getName());
    private static final String ANY_TYPE = "application/octet-stream";

    private final Gate gate;
    private final Database database;
    private final Committer committer;
    private final UploadRepository uploads;
    private final AttemptRepository attempts;
    private final Aliases aliases;
    private final Boots boots;
    private final Changes changes;
    private final UploadPolicy policy;
    private final Times times;
    private final InstantSource clock;

    public Intents(UploadTables tables, Gate gate, UploadPolicy policy, Times times) {
        this.gate = gate;
        this.database = tables.database();
        this.committer = tables.committer();
        this.uploads = tables.uploads();
        this.attempts = tables.attempts();
        this.aliases = tables.aliases();
        this.boots = tables.boots();
        this.changes = tables.changes();
        this.clock = tables.clock();
        this.policy = policy;
        this.times = times;
    }

    /**
     * May wait for the application, and until {@code metadata.times.key-wait} has passed when another request with the same
     * Idempotency-Key is being received.
     */
    public IntentAnswer decide(String request, Intent intent) {
        IntentAnswer answer = admit(request, intent);
        String correlation = intent.correlationId().map(LogText::of).orElse("-");
        LOG.log(Level.INFO, "intent decided " + answer.logText() + " correlation=" + correlation);
        return answer;
    }

    private IntentAnswer admit(String request, Intent intent) {
        long deadline = System.nanoTime() + times.keyWait().toNanos();
        Optional<Receive> known =
                gate.asksTheApplication() ? database.read(tx -> again(tx, request, intent)) : Optional.empty();
        if (known.isPresent()) {
            boots.opened(intent.gateway(), intent.boot(), request);
            return known.get();
        }
        return switch (gate.admit(intent)) {
            case Refuse refuse -> refuse;
            case Terms terms -> awaitOthers(request, intent, terms, deadline);
        };
    }

    private IntentAnswer awaitOthers(String request, Intent intent, Terms terms, long deadline) {
        boots.opened(intent.gateway(), intent.boot(), request);
        IntentAnswer answer = look(request, intent, terms);
        if (!(answer instanceof InProgress other)) {
            return answer;
        }
        try (Changes.Watch watch = changes.watch(other.uploadId())) {
            answer = look(request, intent, terms);
            while (answer instanceof InProgress && deadline - System.nanoTime() > 0) {
                watch.await(deadline - System.nanoTime());
                answer = look(request, intent, terms);
            }
            return answer;
        }
    }

    private IntentAnswer look(String request, Intent intent, Terms terms) {
        return committer.commit(tx -> {
            tx.mark(HaltPoint.INTENT_BEFORE_COMMIT, HaltPoint.INTENT_AFTER_COMMIT);
            Optional<Receive> known = again(tx, request, intent);
            return known.isPresent() ? known.get() : begin(tx, request, intent, terms);
        });
    }

    /** The answer that this request has got before. */
    private Optional<Receive> again(Transaction tx, String request, Intent intent) {
        return attempts.byRequest(tx, request).flatMap(known -> uploads.find(tx, known.uploadId())
                .map(upload -> receive(known, upload.owner(), intent)));
    }

    private IntentAnswer begin(Transaction tx, String request, Intent intent, Terms terms) {
        Optional<Upload> known = intent.idempotencyKey()
                .flatMap(key -> aliases.uploadId(tx, Aliases.key(terms.keys(), key)))
                .flatMap(id -> uploads.find(tx, id));
        if (known.isEmpty()) {
            return first(tx, request, intent, terms);
        }
        Upload upload = known.get();
        if (!same(upload, intent.declared())) {
            return new Refuse(
                    422,
                    "idempotency-mismatch",
                    "The same Idempotency-Key came with another name, length or digest.",
                    Optional.empty(),
                    Optional.of(upload.id()));
        }
        return switch (upload.state()) {
            case COMPLETED -> new Replay(UploadJson.receipt(upload));
            case FAILED, EXPIRED -> next(tx, upload, request, intent, terms);
            case INTENT, RECEIVING, REPORTED -> open(tx, upload);
        };
    }

    private IntentAnswer first(Transaction tx, String request, Intent intent, Terms terms) {
        long now = clock.millis();
        Attempt attempt = Attempt.sent(request, 1, request, intent, terms, policy.key(request, now));
        uploads.insert(tx, attempt, terms, intent, now);
        intent.idempotencyKey()
                .ifPresent(key -> expect(aliases.add(tx, Aliases.key(terms.keys(), key), request), attempt));
        return insert(tx, attempt, terms.owner(), intent, now);
    }

    private IntentAnswer next(Transaction tx, Upload upload, String request, Intent intent, Terms terms) {
        long now = clock.millis();
        Attempt attempt =
                Attempt.sent(upload.id(), upload.attempt() + 1, request, intent, terms, policy.key(request, now));
        if (!uploads.nextAttempt(tx, upload, intent.declared(), attempt, terms.data())) {
            return new InProgress(upload.id());
        }
        expect(
                attempts.superseded(
                        tx, upload.id(), upload.attempt(), now + times.recheck().toMillis(), now),
                attempt);
        return insert(tx, attempt, upload.owner(), intent, now);
    }

    private Receive insert(Transaction tx, Attempt attempt, String owner, Intent intent, long now) {
        attempts.insert(tx, attempt, now);
        expect(aliases.add(tx, Aliases.object(attempt.bucket(), attempt.objectKey()), attempt.uploadId()), attempt);
        return receive(attempt, owner, intent);
    }

    private Receive receive(Attempt attempt, String owner, Intent intent) {
        return new Receive(
                attempt.uploadId(),
                owner,
                attempt.user(),
                attempt.number(),
                attempt.bucket(),
                attempt.objectKey(),
                attempt.maxBytes().orElse(policy.maxBytes()),
                intent.declared().contentType().orElse(ANY_TYPE),
                intent.wantSha256());
    }

    private IntentAnswer open(Transaction tx, Upload upload) {
        Attempt attempt = attempts.find(tx, upload.id(), upload.attempt()).orElseThrow();
        long now = clock.millis();
        if (!attempt.inDoubt() && !attempt.nobodys(boots, now)) {
            return new InProgress(upload.id());
        }
        if (!looked(attempt) && attempt.checkJob().isEmpty()) {
            long at = attempt.look().unclear() == 0 ? now : now + times.hint().toMillis();
            attempts.bringForward(tx, attempt, at);
        }
        Attempt after = attempts.find(tx, upload.id(), upload.attempt()).orElseThrow();
        long seconds = Math.ceilDiv(after.look().at().orElse(now) - now, 1000L);
        return new Refuse(
                409,
                "upload-in-doubt",
                "The outcome of an earlier attempt with this Idempotency-Key is being checked.",
                Optional.of(Math.max(1, seconds)),
                Optional.of(upload.id()));
    }

    /** Whether its next look is set by what the store has said, or is to be the first after a doubt. */
    private static boolean looked(Attempt attempt) {
        boolean answered = attempt.look().unclear() == 0 && attempt.look().at().isPresent();
        return attempt.look().absences() > 0 || (attempt.inDoubt() && answered);
    }

    /** The committing thread is alone: what was read before in this transaction still holds. */
    private static void expect(boolean found, Attempt attempt) {
        if (!found) {
            throw new IllegalStateException(
                    "row changed under its transaction upload=" + attempt.uploadId() + " attempt=" + attempt.number());
        }
    }

    private static boolean same(Upload upload, Declared declared) {
        return upload.filename().equals(declared.filename())
                && agree(upload.declaredLength(), declared.length())
                && agree(upload.declaredSha256(), declared.sha256());
    }

    private static <T> boolean agree(Optional<T> one, Optional<T> other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other);
    }
}
