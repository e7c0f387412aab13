package dev.sluice.metadata.event;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.Aliases;
import dev.sluice.metadata.upload.Attempt;
import dev.sluice.metadata.upload.JobPlanner;
import dev.sluice.metadata.upload.JobPlanner.PlannedJob;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadPolicy;
import dev.sluice.metadata.upload.UploadState;
import dev.sluice.metadata.upload.UploadTables;
import java.util.List;
import java.util.Optional;

/** Takes what somebody says about an object: it brings a look at the store forward, and never completes anything. Thread-safe. */
public final class Hints {
    /** The upload that the object belongs to, as it is now. */
    public record Met(Upload upload, List<PlannedJob> jobs) {
        public Met {
            jobs = List.copyOf(jobs);
        }
    }

    /** What an object turned out to be. */
    public enum Noticed {
        KNOWN,
        REPORTED,
        /** Under a key as only we or the store make them, and none of those that we made. */
        NO_UPLOAD
    }

    private final UploadTables tables;
    private final JobPlanner planner;
    private final UploadPolicy policy;
    private final Times times;

    public Hints(UploadTables tables, JobPlanner planner, UploadPolicy policy, Times times) {
        this.tables = tables;
        this.planner = planner;
        this.policy = policy;
        this.times = times;
    }

    /** Empty when the object is somebody else's, or none of ours under a key as only we make them. */
    public Optional<Met> hint(String owner, String bucket, String key) {
        return tables.committer().commit(tx -> {
            Optional<Upload> known = find(tx, bucket, key);
            if (known.isEmpty()) {
                return policy.ours(bucket, key)
                        ? Optional.empty()
                        : Optional.of(met(tx, report(tx, owner, bucket, key)));
            }
            return known.filter(upload -> upload.owner().equals(owner)).map(upload -> {
                lookSoon(tx, upload, key);
                return met(tx, upload.id());
            });
        });
    }

    /** The same from a store, which knows no owners: {@code owner} is whose the object becomes if it is new. */
    public Noticed notice(Transaction tx, String owner, String bucket, String key) {
        Optional<Upload> known = find(tx, bucket, key);
        if (known.isPresent()) {
            lookSoon(tx, known.get(), key);
            return Noticed.KNOWN;
        }
        if (policy.ours(bucket, key) || StoreInternals.has(key)) {
            return Noticed.NO_UPLOAD;
        }
        report(tx, owner, bucket, key);
        return Noticed.REPORTED;
    }

    private Optional<Upload> find(Transaction tx, String bucket, String key) {
        return tables.aliases().uploadId(tx, Aliases.object(bucket, key)).flatMap(id -> tables.uploads()
                .find(tx, id));
    }

    private String report(Transaction tx, String owner, String bucket, String key) {
        long now = tables.clock().millis();
        Attempt attempt = Attempt.reported(Ids.next(now), bucket, key, now);
        tables.uploads().report(tx, attempt, owner, now);
        tables.attempts().insert(tx, attempt, now);
        if (!tables.aliases().add(tx, Aliases.object(bucket, key), attempt.uploadId())) {
            throw new IllegalStateException("the name was free in this transaction upload=" + attempt.uploadId());
        }
        return attempt.uploadId();
    }

    private void lookSoon(Transaction tx, Upload upload, String key) {
        tables.attempts()
                .find(tx, upload.id(), upload.attempt())
                .filter(current -> current.objectKey().equals(key))
                .ifPresent(current -> lookSoon(tx, upload, current));
    }

    private void lookSoon(Transaction tx, Upload upload, Attempt attempt) {
        long now = tables.clock().millis();
        boolean reported = upload.source().equals("hint");
        if (reported && upload.state() == UploadState.FAILED) {
            if (!tables.uploads().reportAgain(tx, upload) || !tables.attempts().reportedAgain(tx, attempt, now)) {
                throw new IllegalStateException("row changed under its transaction upload=" + upload.id());
            }
        } else if (reported) {
            tables.attempts().bringForward(tx, attempt, now);
        } else if (upload.state() != UploadState.COMPLETED) {
            tables.attempts().bringForward(tx, attempt, now + times.hint().toMillis());
        }
    }

    private Met met(Transaction tx, String uploadId) {
        return new Met(tables.uploads().find(tx, uploadId).orElseThrow(), planner.of(tx, uploadId));
    }
}
