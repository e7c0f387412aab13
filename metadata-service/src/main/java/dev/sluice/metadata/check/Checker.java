package dev.sluice.metadata.check;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.Aliases;
import dev.sluice.metadata.upload.Attempt;
import dev.sluice.metadata.upload.AttemptRepository;
import dev.sluice.metadata.upload.Checks;
import dev.sluice.metadata.upload.Look;
import dev.sluice.metadata.upload.Outcomes;
import dev.sluice.metadata.upload.Proof;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadRepository;
import dev.sluice.metadata.upload.UploadState;
import dev.sluice.metadata.upload.UploadTables;
import jakarta.json.JsonObject;
import java.time.InstantSource;
import java.util.Optional;

/** Says what a check is about, and hands its result to whom it concerns: the current attempt or one that was superseded (rule 5). */
public final class Checker implements Checks {
    private final UploadRepository uploads;
    private final AttemptRepository attempts;
    private final Aliases aliases;
    private final Boots boots;
    private final InstantSource clock;
    private final Outcomes outcomes;
    private final CurrentLook current;
    private final SupersededLook superseded;

    public Checker(UploadTables tables, Outcomes outcomes, Times times) {
        this.uploads = tables.uploads();
        this.attempts = tables.attempts();
        this.aliases = tables.aliases();
        this.boots = tables.boots();
        this.clock = tables.clock();
        this.outcomes = outcomes;
        this.current = new CurrentLook(outcomes, times);
        this.superseded = new SupersededLook(times);
    }

    @Override
    public JsonObject payload(Transaction tx, String uploadId, int number) {
        Upload upload = uploads.find(tx, uploadId).orElseThrow();
        Attempt attempt = attempts.find(tx, uploadId, number).orElseThrow();
        boolean isCurrent = upload.attempt() == number;
        boolean completed = isCurrent && upload.state() == UploadState.COMPLETED;
        boolean nobody = !completed
                && attempt.nobodys(boots, clock.millis()); // nothing under a completed key is ever cleaned up
        if (!attempts.leased(tx, attempt, nobody)) {
            throw new IllegalStateException("no such attempt upload=" + uploadId + " attempt=" + number);
        }
        return JsonIo.object()
                .add("upload_id", uploadId)
                .add("attempt", number)
                .add("bucket", attempt.bucket())
                .add("key", attempt.objectKey())
                .add("ours", ours(upload))
                .add("nobody", nobody)
                .add("delete", attempt.look().delete() && SupersededLook.mayGo(upload, attempt))
                .add("length", JsonIo.number(isCurrent ? upload.declaredLength() : Optional.empty()))
                .build();
    }

    @Override
    public void settle(Transaction tx, String uploadId, int number, JsonObject json, long now) {
        Upload upload = uploads.find(tx, uploadId).orElseThrow();
        Attempt attempt = attempts.find(tx, uploadId, number).orElseThrow();
        CheckResult result = CheckResult.parse(json);
        Look after;
        if (number < upload.attempt()) {
            after = superseded.after(upload, attempt, result, now);
        } else if (upload.state() == UploadState.COMPLETED) {
            lookAgain(tx, upload, result, now);
            after = attempt.look().over();
        } else {
            boolean nobody = attempt.checkNobody() && attempt.nobodys(boots, now);
            after = current.after(tx, new CurrentLook.Subject(upload, attempt, ours(upload), nobody), result, now);
        }
        if (!attempts.checked(tx, attempt, after)) {
            throw new IllegalStateException("no such attempt upload=" + uploadId + " attempt=" + number);
        }
        if (!ours(upload) && result instanceof CheckResult.There) {
            attempt.look().at().ifPresent(hinted -> lookOnceMore(tx, upload, hinted));
        }
    }

    /** A hint that came while the check ran may be about what was stored after the check had looked. */
    private void lookOnceMore(Transaction tx, Upload looked, long at) {
        aliases.uploadId(tx, Aliases.object(looked.bucket(), looked.objectKey()))
                .flatMap(id -> uploads.find(tx, id))
                .flatMap(now -> attempts.find(tx, now.id(), now.attempt()))
                .ifPresent(now -> attempts.bringForward(tx, now, at));
    }

    /** Whether the key is one that we made: then the object must say whose it is. */
    private static boolean ours(Upload upload) {
        return upload.sent();
    }

    /** A reported object that was hinted at again may be another one by now: then it is an upload of its own. */
    private void lookAgain(Transaction tx, Upload upload, CheckResult result, long now) {
        if (!(result instanceof CheckResult.There there)) {
            return;
        }
        if (ours(upload)) {
            outcomes.complete(tx, upload, there.proof(), now);
            return;
        }
        Optional<String> content = Aliases.content(upload, there.proof());
        if (content.isPresent() && aliases.uploadId(tx, content.get()).isEmpty()) {
            overwritten(tx, upload, there.proof(), now);
        }
    }

    private void overwritten(Transaction tx, Upload old, Proof proof, long now) {
        Attempt attempt = Attempt.reported(Ids.next(now), old.bucket(), old.objectKey(), now);
        uploads.report(tx, attempt, old.owner(), now);
        attempts.insert(tx, attempt, now);
        aliases.move(tx, Aliases.object(old.bucket(), old.objectKey()), old.id(), attempt.uploadId());
        Upload upload = uploads.find(tx, attempt.uploadId()).orElseThrow();
        if (outcomes.complete(tx, upload, proof, now).isEmpty()) {
            throw new IllegalStateException("a new row is not as it was made upload=" + upload.id());
        }
    }
}
