package dev.sluice.worker.lease;

import dev.sluice.worker.runtime.HaltPoint;
import dev.sluice.worker.runtime.HaltPoints;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Leases jobs of one queue for as many slots as are free and works each on a virtual thread. Thread-safe. */
public final class LeaseLoop {
    private static final Logger LOG = System.getLogger(LeaseLoop.class.getName());
    /** What the metadata service grants at once at most: further free slots are asked for by the next request. */
    private static final int MOST_LEASES = 64;

    private static final Duration BACKOFF_CAP = Duration.ofSeconds(5);
    /** A metadata service that answers empty at once must not be asked without a pause. */
    private static final Duration SHORTEST_EMPTY_POLL = Duration.ofMillis(50);

    /** The halt points of a job: its lease was taken up, its work is done and not reported. */
    public record Moments(HaltPoint started, HaltPoint done) {}

    /** The queue's name, its halt points, its slots, and who works which kind. */
    public record Work(String queue, Moments moments, int slots, Map<String, JobHandler> handlers) {}

    /** Who leases, and how. */
    public record Identity(String name, String boot, Duration longPoll, Supplier<Stats> stats) {}

    private final LeaseClient client;
    private final Identity identity;
    private final Work work;
    private final HaltPoints halt;
    private final Semaphore slots;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Set<LeasedJob> running = ConcurrentHashMap.newKeySet();
    private final Thread poller;

    public LeaseLoop(LeaseClient client, Identity identity, Work work, HaltPoints halt) {
        this.client = client;
        this.identity = identity;
        this.work = work;
        this.halt = halt;
        this.slots = new Semaphore(work.slots());
        this.poller = Thread.ofVirtual().name("lease-" + work.queue()).unstarted(this::poll);
    }

    public void start() {
        poller.start();
    }

    /** Takes no more leases; running jobs go on. */
    public void stopLeasing() throws InterruptedException {
        stopping.countDown();
        poller.interrupt();
        poller.join();
    }

    /** Lets running jobs finish until then, gives the rest back; returns when no job is left. */
    public void drain(Instant deadline) throws InterruptedException {
        stopLeasing();
        long left = Math.max(0, Duration.between(Instant.now(), deadline).toMillis());
        if (!slots.tryAcquire(work.slots(), left, TimeUnit.MILLISECONDS)) {
            giveBack();
            slots.acquire(work.slots());
        }
        slots.release(work.slots());
    }

    /** Ends all running work without a verdict about it. */
    public void giveBack() {
        running.forEach(LeasedJob::giveBack);
    }

    private void poll() {
        Backoff backoff = new Backoff(BACKOFF_CAP);
        try {
            while (stopping.getCount() > 0) {
                slots.acquire();
                int free = 1 + slots.drainPermits();
                Duration pause = lease(free, backoff);
                if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how long to pause before the next request. */
    private Duration lease(int free, Backoff backoff) throws InterruptedException {
        int unused = free;
        Instant begin = Instant.now();
        try {
            List<Lease> leases = client.lease(request(Math.min(free, MOST_LEASES)));
            backoff.reset();
            for (Lease lease : leases) {
                unused--;
                launch(lease);
            }
            boolean hasty = leases.isEmpty() && Instant.now().isBefore(begin.plus(SHORTEST_EMPTY_POLL));
            return hasty ? SHORTEST_EMPTY_POLL : Duration.ZERO;
        } catch (MetadataException e) {
            Duration pause = backoff.next();
            LOG.log(
                    Level.WARNING,
                    "lease request failed queue={0} retry_ms={1} reason={2}",
                    work.queue(),
                    pause.toMillis(),
                    e.getMessage());
            return pause;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "lease request broke queue=" + work.queue(), e);
            return backoff.next();
        } finally {
            slots.release(Math.max(0, unused));
        }
    }

    private LeaseRequest request(int max) {
        return new LeaseRequest(
                new LeaseRequest.WorkerId(identity.name(), identity.boot()),
                new LeaseRequest.Queue(work.queue(), List.copyOf(work.handlers().keySet()), work.slots()),
                max,
                identity.longPoll(),
                running.size(),
                identity.stats().get());
    }

    private void launch(Lease lease) {
        LeasedJob job = new LeasedJob(client, lease, handler(lease), work.moments(), halt);
        running.add(job);
        Thread.ofVirtual().name("job-" + lease.jobId()).start(() -> {
            try {
                job.run();
            } finally {
                running.remove(job);
                slots.release();
            }
        });
    }

    private JobHandler handler(Lease lease) {
        if (!lease.readable()) {
            return LeaseLoop::unreadable;
        }
        JobHandler handler = work.handlers().get(lease.kind());
        return handler != null ? handler : LeaseLoop::unknown;
    }

    /** Retryable: another worker may be newer. */
    private static Outcome unreadable(Lease lease) {
        return new Outcome.Failed(Outcome.Failure.FAILED, true, "this worker cannot read its lease", Optional.empty());
    }

    private static Outcome unknown(Lease lease) {
        return new Outcome.Failed(
                Outcome.Failure.FAILED, true, "this worker does not know the kind " + lease.kind(), Optional.empty());
    }
}
