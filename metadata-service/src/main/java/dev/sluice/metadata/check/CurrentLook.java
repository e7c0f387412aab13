package dev.sluice.metadata.check;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.upload.Attempt;
import dev.sluice.metadata.upload.Failure;
import dev.sluice.metadata.upload.Look;
import dev.sluice.metadata.upload.Outcomes;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadState;
import java.util.Optional;

/** What a check of a current attempt's key leads to, for an upload that is not completed. */
final class CurrentLook {
    /** Whose key it was; {@code nobody} only if it was so when the check began and still is. */
    record Subject(Upload upload, Attempt attempt, boolean ours, boolean nobody) {
        UploadState state() {
            return upload.state();
        }

        Look look() {
            return attempt.look();
        }
    }

    private static final int EXPIRED = 2;
    private static final int FINAL = 3;
    /** How often the store may stay silent about what failed or was only reported: with the usual back-off, for a day. */
    private static final int TRIES = 150;

    private final Outcomes outcomes;
    private final Times times;
    private final Unanswered unanswered;

    CurrentLook(Outcomes outcomes, Times times) {
        this.outcomes = outcomes;
        this.times = times;
        this.unanswered = new Unanswered(times);
    }

    Look after(Transaction tx, Subject subject, CheckResult result, long now) {
        if (result instanceof CheckResult.There there) {
            return there(tx, subject, there, now);
        }
        if (result instanceof CheckResult.Absent) {
            return subject.nobody() ? absent(tx, subject, now) : alive(subject, now);
        }
        if (result instanceof CheckResult.NoChecksum bad) {
            return noChecksum(tx, subject, bad, now);
        }
        if (result instanceof CheckResult.Unclear unclear) {
            return unclear(tx, subject, unclear, now);
        }
        return unclear(tx, subject, new CheckResult.Unclear("store-error", "deleted, which nobody asked for"), now);
    }

    private Look there(Transaction tx, Subject subject, CheckResult.There there, long now) {
        Upload upload = subject.upload();
        boolean proof = !subject.ours()
                || (there.uploadId().filter(upload.id()::equals).isPresent()
                        && upload.declaredLength().orElse(there.proof().size())
                                == there.proof().size());
        if (proof) {
            if (outcomes.complete(tx, upload, there.proof(), now).isEmpty()) {
                throw new IllegalStateException("row changed under its transaction upload=" + upload.id());
            }
            return subject.look().over();
        }
        if (subject.nobody() && subject.state() == UploadState.EXPIRED) {
            return absentExpired(tx, subject, subject.look().answered(), now);
        }
        String detail =
                there.proof().size() + " bytes of upload " + there.uploadId().orElse("(none)");
        return subject.nobody()
                ? failed(tx, subject, Failure.of("mismatch", detail), now)
                : unclear(tx, subject, new CheckResult.Unclear("mismatch", detail), now);
    }

    /** About a live upload an absence says nothing; it is looked at again when it becomes nobody's. */
    private Look alive(Subject subject, long now) {
        Optional<Long> doubtUntil = subject.attempt().doubtUntil();
        if (doubtUntil.isPresent()) {
            return subject.look().answered().next(doubtUntil.get());
        }
        if (subject.state() == UploadState.EXPIRED || subject.state() == UploadState.FAILED) {
            return subject.look().answered().next(now + times.recheck().toMillis());
        }
        return subject.look().answered().somebodys();
    }

    private Look absent(Transaction tx, Subject subject, long now) {
        Look look = subject.look().answered();
        return switch (subject.state()) {
            case INTENT, RECEIVING, REPORTED -> absentOpen(tx, subject, look, now);
            case EXPIRED -> absentExpired(tx, subject, look, now);
            case FAILED, COMPLETED -> look.over();
        };
    }

    private Look absentOpen(Transaction tx, Subject subject, Look look, long now) {
        long recheck = times.recheck().toMillis();
        if (look.absences() == 0) {
            return look.absent(now).next(now + recheck);
        }
        long due = look.absentAt().orElse(now) + recheck;
        if (now < due) {
            return look.next(due);
        }
        if (subject.state() == UploadState.REPORTED) {
            // a hint that came while the check ran may be about what was stored after the check had looked
            return look.at().isPresent()
                    ? look
                    : failed(tx, subject, Failure.of("not-found", "there is no such object"), now);
        }
        if (!outcomes.expire(tx, subject.upload())) {
            throw new IllegalStateException("row changed under its transaction upload="
                    + subject.upload().id());
        }
        return look.absent(now).next(now + times.finalCheck().toMillis());
    }

    private Look absentExpired(Transaction tx, Subject subject, Look look, long now) {
        long due = look.absentAt().orElse(now) + times.finalCheck().toMillis();
        if (look.absences() > EXPIRED) {
            return look.over();
        }
        return now < due ? look.next(due) : forGood(tx, subject, look, now);
    }

    private Look forGood(Transaction tx, Subject subject, Look look, long now) {
        outcomes.expiredForGood(tx, subject.upload(), now);
        return look.absent(now).over();
    }

    private Look noChecksum(Transaction tx, Subject subject, CheckResult.NoChecksum bad, long now) {
        if (subject.state() == UploadState.EXPIRED && (bad.deleted() || subject.nobody())) {
            return absentExpired(tx, subject, subject.look().answered(), now);
        }
        return subject.state() != UploadState.EXPIRED && (bad.deleted() || subject.nobody())
                ? failed(tx, subject, Failure.of("integrity", "the store has no checksum of it"), now)
                : unclear(tx, subject, new CheckResult.Unclear("integrity", "the store has no checksum of it"), now);
    }

    private Look unclear(Transaction tx, Subject subject, CheckResult.Unclear unclear, long now) {
        Look look = unanswered.next(subject.look(), unclear, now);
        if (subject.state() == UploadState.FAILED) {
            return look.unclear() < TRIES ? look : look.over();
        }
        if (subject.state() == UploadState.REPORTED && hopeless(look, unclear)) {
            return failed(tx, subject, unclear.failure(look.unclear()), now);
        }
        if (!unanswered.bucketGone(look, now)) {
            return look;
        }
        if (subject.state() == UploadState.EXPIRED) {
            return look.absences() < FINAL ? forGood(tx, subject, look, now) : look.over();
        }
        return failed(tx, subject, Failure.of("bucket-gone", unclear.detail()), now);
    }

    /** What only somebody says is there need not be asked for for ever; of a missing bucket another rule decides. */
    private static boolean hopeless(Look look, CheckResult.Unclear unclear) {
        return unclear.badRequest()
                || (look.unclear() >= TRIES && look.bucketMissingAt().isEmpty());
    }

    /** A failed row stays as it is. */
    private Look failed(Transaction tx, Subject subject, Failure failure, long now) {
        if (subject.state() != UploadState.FAILED && !outcomes.fail(tx, subject.upload(), failure, now)) {
            throw new IllegalStateException("row changed under its transaction upload="
                    + subject.upload().id());
        }
        return subject.look().over();
    }
}
