package dev.sluice.worker.lease;

import dev.sluice.worker.runtime.HaltPoints;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** One leased job from start to report: supervises the working thread, beats, and throws the work away when the lease is lost. */
final class LeasedJob implements Runnable {
    private static final Logger LOG = System.getLogger(LeasedJob.class.getName());
    private static final Duration REPORT_CAP = Duration.ofSeconds(5);
    /** How often a lease is offered back while the process is ending. */
    private static final int RELEASE_TRIES = 3;

    /** Why the working thread is no longer wanted. */
    private enum End {
        DONE,
        LOST,
        CANCELLED,
        GIVEN_BACK
    }

    private final LeaseClient client;
    private final Lease lease;
    private final JobHandler handler;
    private final LeaseLoop.Moments moments;
    private final HaltPoints halt;
    private final CountDownLatch givenBack = new CountDownLatch(1);

    LeasedJob(LeaseClient client, Lease lease, JobHandler handler, LeaseLoop.Moments moments, HaltPoints halt) {
        this.client = client;
        this.lease = lease;
        this.handler = handler;
        this.moments = moments;
        this.halt = halt;
    }

    /** Ends the work and gives the lease back, soon. */
    void giveBack() {
        givenBack.countDown();
    }

    @Override
    public void run() {
        try {
            if (!takeUp()) {
                log(Level.WARNING, "job not begun: lease lost or nobody heard of");
                return;
            }
            log(Level.DEBUG, "job started");
            halt.reached(moments.started());
            FutureTask<Outcome> work = new FutureTask<>(() -> handler.work(lease));
            switch (supervise(work)) {
                case DONE -> {
                    Outcome outcome = outcome(work);
                    halt.reached(moments.done());
                    report(outcome);
                }
                case LOST -> log(Level.WARNING, "job thrown away: lease lost");
                case CANCELLED -> report(failed(Outcome.Failure.FAILED, false, "cancelled"));
                case GIVEN_BACK -> release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first beat, before anything of the job is done: until it is answered the lease counts as never taken up. */
    private boolean takeUp() throws InterruptedException {
        Instant until = Instant.now().plus(lease.length());
        Backoff backoff = new Backoff(REPORT_CAP);
        do {
            try {
                return client.heartbeat(lease) != LeaseClient.Beat.LOST;
            } catch (MetadataException e) {
                log(Level.WARNING, "heartbeat failed reason=" + e.getMessage());
            }
        } while (Instant.now().isBefore(until)
                && !givenBack.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS));
        return false;
    }

    /** Returns when the working thread has ended, one way or the other. */
    private End supervise(FutureTask<Outcome> work) throws InterruptedException {
        Thread thread = Thread.ofVirtual().name("work-" + lease.jobId()).unstarted(work);
        Thread awaitsRelease = Thread.ofVirtual().unstarted(() -> interruptWhenGivenBack(thread));
        thread.start();
        awaitsRelease.start();
        try {
            End end = End.DONE;
            while (!thread.join(lease.length().dividedBy(3))) {
                End news = end == End.DONE ? beat() : end;
                if (news != End.DONE) {
                    end = news;
                    thread.interrupt();
                }
            }
            return end == End.DONE && givenBack.getCount() == 0 && !finished(work) ? End.GIVEN_BACK : end;
        } finally {
            thread.interrupt();
            awaitsRelease.interrupt();
        }
    }

    private void interruptWhenGivenBack(Thread thread) {
        try {
            givenBack.await();
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean finished(FutureTask<Outcome> work) {
        return work.state() == FutureTask.State.SUCCESS;
    }

    private End beat() throws InterruptedException {
        try {
            return switch (client.heartbeat(lease)) {
                case ALIVE -> End.DONE;
                case CANCELLED -> End.CANCELLED;
                case LOST -> End.LOST;
            };
        } catch (MetadataException e) {
            log(Level.WARNING, "heartbeat failed reason=" + e.getMessage());
            return End.DONE;
        }
    }

    private Outcome outcome(FutureTask<Outcome> work) {
        if (finished(work)) {
            return work.resultNow();
        }
        LOG.log(Level.ERROR, "job broke job=" + lease.jobId(), work.exceptionNow());
        return failed(Outcome.Failure.FAILED, true, "internal error: " + work.exceptionNow());
    }

    /** A result that is refused would otherwise end as a lost lease and be worked out again, to be refused again. */
    private void report(Outcome outcome) throws InterruptedException {
        Optional<Outcome> next = Optional.of(outcome);
        while (next.isPresent()) {
            Outcome told = next.get();
            next = switch (tell(told)) {
                case LeaseClient.Receipt.Refused refused -> smaller(told, refused);
                case LeaseClient.Receipt.Taken ignored -> Optional.empty();
                case LeaseClient.Receipt.Lost ignored -> Optional.empty();
            };
        }
    }

    private static Optional<Outcome> smaller(Outcome refused, LeaseClient.Receipt.Refused receipt) {
        return switch (refused) {
            case Outcome.Completed ignored ->
                Optional.of(failed(Outcome.Failure.FAILED, false, "result refused: status " + receipt.status()));
            case Outcome.Failed told ->
                told.run().map(run -> failed(told.failure(), told.retryable(), "run refused, " + told.error()));
        };
    }

    /** Repeats the report until it is answered, or until this process is ending and the lease should rather run out. */
    private LeaseClient.Receipt tell(Outcome outcome) throws InterruptedException {
        Duration third = lease.length().dividedBy(3);
        Backoff backoff = new Backoff(third.compareTo(REPORT_CAP) < 0 ? third : REPORT_CAP);
        do {
            try {
                LeaseClient.Receipt receipt = client.report(lease, outcome);
                Level level = receipt instanceof LeaseClient.Receipt.Taken ? Level.INFO : Level.WARNING;
                log(level, "job reported receipt=" + receipt.word() + " outcome=" + name(outcome));
                return receipt;
            } catch (MetadataException e) {
                log(Level.WARNING, "report failed reason=" + e.getMessage());
            }
        } while (!givenBack.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS));
        log(Level.WARNING, "job not reported: stopping");
        return new LeaseClient.Receipt.Lost();
    }

    private void release() throws InterruptedException {
        Backoff backoff = new Backoff(Duration.ofMillis(500));
        for (int tries = 0; tries < RELEASE_TRIES; tries++) {
            try {
                log(
                        Level.INFO,
                        "job released receipt="
                                + client.release(lease, "draining").word());
                return;
            } catch (MetadataException e) {
                log(Level.WARNING, "release failed reason=" + e.getMessage());
            }
            Thread.sleep(backoff.next());
        }
    }

    private static String name(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed completed -> "completed";
            case Outcome.Failed failed -> failed.failure().wire();
        };
    }

    private static Outcome failed(Outcome.Failure failure, boolean retryable, String error) {
        return new Outcome.Failed(failure, retryable, error, Optional.empty());
    }

    private void log(Level level, String event) {
        LOG.log(level, event + " job=" + lease.jobId() + " kind=" + lease.kind() + " attempt=" + lease.attempt());
    }
}
