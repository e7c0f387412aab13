package dev.sluice.metadata.check;

import dev.sluice.metadata.upload.Attempt;
import dev.sluice.metadata.upload.Look;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadState;

/** What a check of a superseded attempt's key leads to: its object goes once a later attempt has completed, and never before. */
final class SupersededLook {
    private final Times times;
    private final Unanswered unanswered;

    SupersededLook(Times times) {
        this.times = times;
        this.unanswered = new Unanswered(times);
    }

    static boolean mayGo(Upload upload, Attempt attempt) {
        return upload.state() == UploadState.COMPLETED && upload.attempt() > attempt.number();
    }

    Look after(Upload upload, Attempt attempt, CheckResult result, long now) {
        Look look = attempt.look();
        if (result instanceof CheckResult.Unclear unclear) {
            Look next = unanswered.next(look, unclear, now);
            return unanswered.bucketGone(next, now) ? next.over() : next;
        }
        boolean there =
                result instanceof CheckResult.There || (result instanceof CheckResult.NoChecksum bad && !bad.deleted());
        if (!there) {
            return last(attempt, look.answered().deleting(false), now);
        }
        Look doomed = look.answered().deleting(true);
        return mayGo(upload, attempt) ? doomed.next(now) : last(attempt, doomed, now);
    }

    /** One more look when the attempt has been superseded for long enough, unless that was it. */
    private Look last(Attempt attempt, Look look, long now) {
        long last = attempt.supersededAt().orElse(now) + times.finalCheck().toMillis();
        if (last > now) {
            return look.next(last);
        }
        return look.at().isPresent() ? look : look.over();
    }
}
