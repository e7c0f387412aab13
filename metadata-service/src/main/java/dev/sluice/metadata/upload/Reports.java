package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.gateway.BootRepository;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.gateway.Heartbeat;
import dev.sluice.metadata.http.LogText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Takes what gateways report about uploads that have begun: beats, verdicts, doubts (rules 4 and 7). Thread-safe. */
public final class Reports {
    private static final Logger LOG = System.getLogger(Reports.class.getName());

    private final Committer committer;
    private final UploadRepository uploads;
    private final AttemptRepository attempts;
    private final Boots boots;
    private final BootRepository bootRows = new BootRepository();
    private final Outcomes outcomes;
    private final InstantSource clock;
    private final Duration recheck;

    public Reports(UploadTables tables, Outcomes outcomes, Duration recheck) {
        this.recheck = recheck;
        this.committer = tables.committer();
        this.uploads = tables.uploads();
        this.attempts = tables.attempts();
        this.boots = tables.boots();
        this.clock = tables.clock();
        this.outcomes = outcomes;
    }

    /** It is heard when it comes, whether or not it can be written down. */
    public void beat(String gateway, Heartbeat beat) {
        if (!boots.beat(gateway, beat)) {
            return;
        }
        committer.commit(tx -> {
            boolean written = bootRows.beat(tx, gateway, beat.boot(), beat.number(), clock.millis());
            if (!written) {
                tx.afterCommit(() -> LOG.log(
                        Level.WARNING,
                        "boot under two names boot=" + LogText.of(beat.boot()) + " name=" + LogText.of(gateway)));
            }
            for (Attempt attempt : attempts.ofBoot(tx, beat.boot())) {
                Optional<Long> received = Optional.ofNullable(beat.received().get(attempt.request()));
                // 0 rows: nothing was counted against it, or it has been receiving for long
                if (received.isPresent()) {
                    attempts.named(tx, attempt);
                }
                if (received.orElse(0L) > 0) {
                    uploads.receiving(tx, attempt.uploadId(), attempt.number());
                }
            }
            return written;
        });
    }

    /** Fails the attempt if it is still the current, open one; returns whether it was. */
    public boolean verdict(String request, int number, Failure failure) {
        return committer.commit(tx -> attempts.byRequest(tx, request)
                .filter(attempt -> attempt.number() == number)
                .flatMap(attempt -> uploads.find(tx, attempt.uploadId()))
                .filter(upload -> upload.attempt() == number && upload.state().open())
                .filter(upload -> outcomes.fail(tx, upload, failure, clock.millis()))
                .map(upload -> cleanUpLater(tx, upload, failure))
                .isPresent());
    }

    /**
     * The abort of a multipart may have failed too, and nobody else looks at that key again: one check makes sure. Only an upload of
     * unknown length has parts, whoever was at fault; where it was not the client, the object may be there after all.
     */
    private Upload cleanUpLater(Transaction tx, Upload failed, Failure failure) {
        if (failure.blamesUs() || failed.declaredLength().isEmpty()) {
            Attempt attempt = attempts.find(tx, failed.id(), failed.attempt()).orElseThrow();
            attempts.bringForward(tx, attempt, clock.millis() + recheck.toMillis());
        }
        return failed;
    }

    /** Has the attempt checked now if it is still the current, open one; returns whether it was. */
    public boolean inDoubt(String request, int number, String detail) {
        long now = clock.millis();
        return committer.commit(tx -> attempts.byRequest(tx, request)
                .filter(attempt -> attempt.number() == number)
                .filter(attempt -> uploads.find(tx, attempt.uploadId())
                        .filter(upload ->
                                upload.attempt() == number && upload.state().open())
                        .isPresent())
                .filter(attempt -> attempts.inDoubt(tx, attempt, detail, now, now + recheck.toMillis()))
                .isPresent());
    }
}
