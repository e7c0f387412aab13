package dev.sluice.metadata.check;

import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.upload.Look;
import dev.sluice.metadata.upload.Times;

/** What a check that got no answer leads to: the next one twice as late, up to a cap, and in the end a bucket that is gone. */
record Unanswered(Times times) {
    Look next(Look look, CheckResult.Unclear unclear, long now) {
        Backoff backoff = new Backoff(times.sweep(), times.checkBackoffCap());
        Look noted = look.unanswered(unclear.reason() + ": " + unclear.detail())
                .next(now + backoff.ceilingMillis(look.unclear()));
        return unclear.reason().equals("bucket-missing") ? noted.bucketMissing(now) : noted;
    }

    boolean bucketGone(Look look, long now) {
        return look.bucketMissingAt()
                .filter(since -> now - since >= times.bucketGone().toMillis())
                .isPresent();
    }
}
