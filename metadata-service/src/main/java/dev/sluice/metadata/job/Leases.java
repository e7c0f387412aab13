package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.DatabaseException;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.runtime.HaltPoint;
import dev.sluice.metadata.upload.Announcer;
import dev.sluice.metadata.upload.Checks;
import dev.sluice.metadata.upload.UploadRepository;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Grants jobs to workers for a time and takes back what became of them; a lost lease changes nothing any more. Thread-safe. */
public final class Leases {
    private static final Logger LOG = System.getLogger(Leases.class.getName());

    private final Database database;
    private final Committer committer;
    private final JobSettings settings;
    private final Checks checks;
    private final Announcer announcer;
    private final JobSignals signals;
    private final JobMeters meters;
    private final Workers workers;
    private final Clock clock;
    private final RandomGenerator random;

    public Leases(JobStore store, JobSettings settings, Checks checks, Announcer announcer, RandomGenerator random) {
        this.database = store.database();
        this.committer = store.committer();
        this.signals = store.signals();
        this.meters = store.meters();
        this.clock = store.clock();
        this.settings = settings;
        this.checks = checks;
        this.announcer = announcer;
        this.random = random;
        this.workers = new Workers();
    }

    Workers workers() {
        return workers;
    }

    JobSettings settings() {
        return settings;
    }

    /** Waits until there is a job for the worker, or its time is over, or another life of the worker has begun. */
    List<Lease> lease(LeaseRequest request) throws InterruptedException {
        long begun = System.nanoTime();
        long touchEvery = Math.max(1, settings.lease().toMillis() / 3);
        int life = committer.commit(tx -> greet(tx, request));
        long touchedAt = System.nanoTime();
        while (true) {
            long seen = signals.ready().version();
            Optional<Long> due = database.read(tx -> JobRepository.nextDue(tx, request));
            if (due.isPresent() && due.get() <= clock.millis()) {
                List<Lease> leases = committer.commit(tx -> grant(tx, request));
                if (!leases.isEmpty()) {
                    return leases;
                }
            }
            long left = request.waitMillis() - millisSince(begun);
            if (left <= 0 || signals.stopping() || workers.life(request.worker()) != life) {
                return List.of();
            }
            long untilDue =
                    due.map(at -> at - clock.millis()).filter(wait -> wait > 0).orElse(Long.MAX_VALUE);
            signals.ready().await(seen, Math.min(touchEvery, Math.min(left, untilDue)));
            if (millisSince(touchedAt) >= touchEvery) {
                touchedAt = System.nanoTime();
                committer.commit(tx -> WorkerRepository.touch(tx, request.boot(), clock.millis()));
            }
        }
    }

    private static long millisSince(long nanoTime) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
    }

    /**
     * A worker's first request of a new life ends what its earlier lives wait for, and gives back at once what they hold. One that was
     * overtaken by its worker's end changes nothing.
     */
    private int greet(Transaction tx, LeaseRequest request) {
        if (workers.over(request)) {
            return Workers.OVER;
        }
        long now = clock.millis();
        if (workers.seen(tx, request, now)) {
            for (Job job : JobRepository.leasesOfOtherBoots(tx, request.worker(), request.boot())) {
                abandon(tx, job, "the worker was started anew", now);
            }
            tx.afterCommit(signals::jobsChanged);
        }
        return workers.life(request.worker());
    }

    /** The worker takes no more leases: its waiting requests end and what they were granted meanwhile is given back. */
    void stopped(String boot) {
        committer.commit(tx -> {
            long now = clock.millis();
            boolean known = workers.stopped(tx, boot, now);
            for (Job job : JobRepository.leasesOf(tx, boot)) {
                if (!job.takenUp()) {
                    abandon(tx, job, "the worker stopped", now);
                }
            }
            tx.afterCommit(signals::jobsChanged);
            return known;
        });
    }

    /** Ends a lease whose holder is gone; one that was never taken up costs the job nothing. */
    private void abandon(Transaction tx, Job job, String why, long now) {
        if (job.takenUp()) {
            end(tx, job, Ending.crashed(why), now);
        } else if (giveBack(tx, job.token(), Outcome.LOST, now)) {
            tx.afterCommit(() -> meters.ended(job.kind(), Outcome.LOST, 0));
        }
    }

    private List<Lease> grant(Transaction tx, LeaseRequest request) {
        if (WorkerRepository.replaced(tx, request.boot())) {
            return List.of();
        }
        long now = clock.millis();
        return JobRepository.claim(tx, request, now + settings.lease().toMillis(), now).stream()
                .map(job -> new Lease(job, payload(tx, job)))
                .toList();
    }

    private JsonObject payload(Transaction tx, Job job) {
        return job.check()
                ? checks.payload(tx, job.uploadId(), job.attemptOf())
                : JobJson.payload(job, JobRepository.upload(tx, job.uploadId()), settings.urls());
    }

    /** False when the lease is lost. */
    boolean heartbeat(LeaseToken token, Optional<String> progress) {
        return committer.commit(tx -> {
            long now = clock.millis();
            WorkerRepository.touchHolder(tx, token, now);
            return JobRepository.extend(
                    tx, token, progress, now + settings.lease().toMillis());
        });
    }

    /** False when the lease is lost; the same result once more is no loss. */
    boolean complete(LeaseToken token, JsonObject result, RunStats run) {
        return committer.commit(tx -> {
            long now = clock.millis();
            Optional<Job> found = JobRepository.find(tx, token.jobId());
            if (found.isEmpty()) {
                return false;
            }
            Job job = found.get();
            if (!JobRepository.succeed(tx, token, result.toString(), now)) {
                return job.state() == JobState.SUCCEEDED
                        && job.fence() == token.fence()
                        && job.result().equals(Optional.of(result.toString()));
            }
            ended(tx, job, Outcome.SUCCEEDED, Optional.empty(), run, now);
            tx.afterCommit(() -> JobLog.succeeded(job, run));
            if (job.check()) {
                checks.settle(tx, job.uploadId(), job.attemptOf(), result, now);
                tx.mark(HaltPoint.CHECK_BEFORE_COMMIT, HaltPoint.CHECK_AFTER_COMMIT);
            } else {
                JsonObject extra = JsonIo.object()
                        .add("kind", job.kind())
                        .add("result", result)
                        .build();
                announce(tx, "job.succeeded", job, extra, now);
                tx.mark(HaltPoint.JOB_COMPLETE_BEFORE_COMMIT, HaltPoint.JOB_COMPLETE_AFTER_COMMIT);
            }
            return true;
        });
    }

    /** False when the lease is lost; the same ending once more is no loss. */
    boolean fail(LeaseToken token, Ending ending) {
        return committer.commit(tx -> {
            Optional<Job> job = JobRepository.find(tx, token.jobId()).filter(found -> found.fence() == token.fence());
            return (job.isPresent() && end(tx, job.get(), ending, clock.millis()))
                    || JobRepository.endedSo(tx, token, ending.outcome(), ending.error());
        });
    }

    /** False when the lease is lost; giving it back once more is no loss. */
    boolean release(LeaseToken token) {
        return committer.commit(tx -> giveBack(tx, token, Outcome.RELEASED, clock.millis())
                || JobRepository.endedSo(tx, token, Outcome.RELEASED, ""));
    }

    private boolean giveBack(Transaction tx, LeaseToken token, Outcome outcome, long now) {
        if (!JobRepository.release(tx, token, now)) {
            return false;
        }
        JobRepository.endAttempt(tx, token, outcome, Optional.empty(), RunStats.NONE, now);
        tx.afterCommit(signals::jobsChanged);
        return true;
    }

    /** Takes back the leases that ran out; says how many. One that cannot be taken back stops no other. */
    int rescue() {
        int rescued = 0;
        for (Job job : database.read(tx -> JobRepository.leasesRunOut(tx, clock.millis()))) {
            try {
                rescued += committer.commit(tx -> rescue(tx, job));
            } catch (DatabaseException | IllegalStateException e) {
                if (!committer.canWrite()) {
                    throw e;
                }
                LOG.log(Level.ERROR, "lease not taken back job=" + job.id(), e);
            }
        }
        return rescued;
    }

    /** It may have been prolonged since it was read. */
    private int rescue(Transaction tx, Job job) {
        long now = clock.millis();
        if (!JobRepository.ranOut(tx, job.token(), now)) {
            return 0;
        }
        abandon(tx, job, "the lease ran out", now);
        return 1;
    }

    /** After a time in which no worker could reach us, none of them has lost its lease by that. */
    int grace(Transaction tx) {
        return JobRepository.extendAll(tx, clock.millis() + settings.lease().toMillis());
    }

    /** After the clock was set back: nothing waits longer than if it had begun to now. Says how many rows that changed. */
    public int pullBack(Transaction tx) {
        long now = clock.millis();
        tx.afterCommit(signals::jobsChanged);
        return JobRepository.pullBack(tx, Job.JOBS, now + settings.retry().cap().toMillis())
                + JobRepository.pullBack(
                        tx, Job.CHECKS, now + settings.checkRetry().cap().toMillis())
                + JobRepository.shortenAll(tx, now + settings.lease().toMillis());
    }

    private boolean end(Transaction tx, Job job, Ending ending, long now) {
        Verdict verdict = Verdict.of(job, ending, settings, random, now);
        if (!JobRepository.putBack(tx, job.token(), verdict, now)) {
            return false;
        }
        ended(tx, job, ending.outcome(), Optional.of(ending.error()), ending.run(), now);
        tx.afterCommit(() -> JobLog.ended(job, ending, verdict));
        if (verdict.state().finished()) {
            JsonObject extra = JsonIo.object()
                    .add("kind", job.kind())
                    .add("error", ending.error())
                    .add("quarantined", verdict.state() == JobState.QUARANTINED)
                    .build();
            announce(tx, "job.dead", job, extra, now);
        }
        return true;
    }

    private void ended(Transaction tx, Job job, Outcome outcome, Optional<String> error, RunStats run, long now) {
        JobRepository.endAttempt(tx, job.token(), outcome, error, run, now);
        tx.afterCommit(() -> {
            meters.ended(job.kind(), outcome, run.wallMillis().orElse(0L));
            signals.jobEnded(job.id());
        });
    }

    private void announce(Transaction tx, String type, Job job, JsonObject extra, long now) {
        announcer.announce(tx, type, UploadRepository.count(tx, job.uploadId()), Optional.of(job.id()), extra, now);
    }
}
