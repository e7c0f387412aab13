package dev.sluice.metadata.check;

import dev.sluice.metadata.upload.Look;
import dev.sluice.metadata.upload.Times;

/** When to look again after a check that got no answer: each time twice as late, up to a cap. */
record Backoff(Times times) {
    private static final int MAX_DOUBLINGS = 20;

    Look unanswered(Look look, CheckResult.Unclear unclear, long now) {
        long wait = times.sweep().toMillis() << Math.min(look.unclear(), MAX_DOUBLINGS);
        Look noted = look.unanswered(unclear.reason() + ": " + unclear.detail())
                .next(now + Math.min(wait, times.checkBackoffCap().toMillis()));
        return unclear.reason().equals("bucket-missing") ? noted.bucketMissing(now) : noted;
    }

    boolean bucketGone(Look look, long now) {
        return look.bucketMissingAt()
                .filter(since -> now - since >= times.bucketGone().toMillis())
                .isPresent();
    }
}
