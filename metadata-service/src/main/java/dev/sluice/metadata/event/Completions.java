package dev.sluice.metadata.event;

import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.runtime.HaltPoint;
import dev.sluice.metadata.upload.AttemptRepository;
import dev.sluice.metadata.upload.Outcomes;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadRepository;
import dev.sluice.metadata.upload.UploadTables;
import java.time.InstantSource;
import java.util.Optional;

/** Completes uploads on a gateway's word, once however often it is said (docs/upload-life.md rule 6). Thread-safe. */
public final class Completions {
    /** What the message led to. */
    public sealed interface Result {
        /** It is completed, now or since long. */
        record Completed(Outcomes.Completed outcome) implements Result {}

        /** A later attempt has taken the upload over. */
        record Superseded() implements Result {}

        /** No such attempt, or another key than it was given. */
        record Unknown() implements Result {}
    }

    private final Committer committer;
    private final UploadRepository uploads;
    private final AttemptRepository attempts;
    private final InstantSource clock;
    private final Outcomes outcomes;

    public Completions(UploadTables tables, Outcomes outcomes) {
        this.committer = tables.committer();
        this.uploads = tables.uploads();
        this.attempts = tables.attempts();
        this.clock = tables.clock();
        this.outcomes = outcomes;
    }

    public Result complete(StoredMessage message) {
        return committer.commit(tx -> {
            tx.mark(HaltPoint.COMPLETION_BEFORE_COMMIT, HaltPoint.COMPLETION_AFTER_COMMIT);
            return uploads.find(tx, message.uploadId())
                    .flatMap(upload -> upload.attempt() > message.attempt()
                            ? superseded(tx, message)
                            : current(tx, upload, message))
                    .orElseGet(Result.Unknown::new);
        });
    }

    private Optional<Result> superseded(Transaction tx, StoredMessage message) {
        return attempts.find(tx, message.uploadId(), message.attempt())
                .filter(attempt -> attempt.bucket().equals(message.bucket())
                        && attempt.objectKey().equals(message.key()))
                .map(attempt -> {
                    attempts.toDelete(tx, attempt, clock.millis());
                    return new Result.Superseded();
                });
    }

    /** The upload's row says itself where its current attempt is stored. */
    private Optional<Result> current(Transaction tx, Upload upload, StoredMessage message) {
        return Optional.of(upload)
                .filter(row -> row.attempt() == message.attempt()
                        && row.bucket().equals(message.bucket())
                        && row.objectKey().equals(message.key()))
                .flatMap(row -> outcomes.complete(tx, row, message.proof(), clock.millis()))
                .map(Result.Completed::new);
    }
}
