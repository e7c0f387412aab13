package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.BusyException;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.DatabaseException;
import dev.sluice.metadata.runtime.HaltPoints;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * Sends due deliveries, some at a time, until each is delivered or given up. What it is sending it knows only in memory: a delivery whose
 * outcome was not recorded before a crash goes out once more, under the same id.
 */
public final class Sender implements AutoCloseable {
    /** Where deliveries are kept, and by which clock and dice they are repeated. */
    public record Store(
            Database database, Committer committer, HaltPoints haltPoints, Clock clock, RandomGenerator random) {}

    private record Due(List<Delivery> now, Optional<Long> next) {}

    private static final Logger LOG = System.getLogger(Sender.class.getName());
    private static final int PARALLEL = 16;
    private static final int MAX_ERROR = 500;
    private static final Duration UNRECORDED_PAUSE = Duration.ofSeconds(1);

    private final Store store;
    private final Deliveries deliveries;
    private final Receiver receiver;
    private final Duration lookEvery;
    private final CallbackClient client;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore slots = new Semaphore(PARALLEL);
    private final Set<String> sending = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    public Sender(Store store, Deliveries deliveries, Receiver receiver, Duration lookEvery) {
        this.store = store;
        this.deliveries = deliveries;
        this.receiver = receiver;
        this.lookEvery = lookEvery;
        this.client = new CallbackClient(receiver, store.clock());
        this.thread = Thread.ofVirtual().name("sender").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Ends running tries too: they go out again after the next start. */
    @Override
    public void close() {
        thread.interrupt();
        executor.shutdownNow();
        client.close();
        executor.close();
    }

    private void run() {
        try {
            while (true) {
                long seen = deliveries.due().version();
                long wait = sendDue();
                deliveries.due().await(seen, wait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts what is due and says how long nothing else will be, in milliseconds. */
    private long sendDue() throws InterruptedException {
        try {
            long now = store.clock().millis();
            Set<String> before = Set.copyOf(sending); // one that ends meanwhile is still pending in what is read
            int free = slots.availablePermits(); // who gives one back wakes us
            Due due = store.database()
                    .read(tx -> new Due(
                            free == 0 ? List.of() : DeliveryRepository.due(tx, now, before, free),
                            DeliveryRepository.nextDue(tx, now)));
            for (Delivery delivery : due.now()) {
                slots.acquire();
                sending.add(delivery.id());
                executor.execute(() -> send(delivery));
            }
            return Math.min(lookEvery.toMillis(), due.next().map(at -> at - now).orElse(Long.MAX_VALUE));
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.log(Level.WARNING, "deliveries not read", e);
            return lookEvery.toMillis();
        }
    }

    private void send(Delivery delivery) {
        try {
            Answer answer = client.post(delivery);
            store.haltPoints().reached("delivery-sent");
            recordUntilTaken(delivery, answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "delivery not recorded id=" + delivery.id(), e);
        } finally {
            sending.remove(delivery.id());
            slots.release();
            deliveries.due().raise();
        }
    }

    /** While nothing can be written nothing more is sent: what is not recorded would go out again and again. */
    private void recordUntilTaken(Delivery delivery, Answer answer) throws InterruptedException {
        while (true) {
            try {
                record(delivery, answer);
                return;
            } catch (BusyException | DatabaseException e) {
                LOG.log(Level.INFO, "delivery not yet recorded id=" + delivery.id() + " reason=" + e.getMessage());
            }
            Thread.sleep(UNRECORDED_PAUSE);
        }
    }

    private void record(Delivery delivery, Answer answer) {
        long now = store.clock().millis();
        if (answer instanceof Answer.Status status && status.delivered()) {
            store.committer().commit(tx -> DeliveryRepository.delivered(tx, delivery.id(), status.code(), now));
            return;
        }
        Failure failure = failure(delivery, answer, now);
        store.committer().commit(tx -> DeliveryRepository.failed(tx, delivery.id(), failure));
        LOG.log(
                failure.dead() ? Level.WARNING : Level.INFO,
                "delivery failed id=" + delivery.id() + " tries=" + (delivery.attempts() + 1) + " dead="
                        + failure.dead() + " error=" + failure.error());
    }

    private Failure failure(Delivery delivery, Answer answer, long now) {
        long wait = receiver.retry().millis(delivery.attempts(), store.random());
        Optional<Integer> code = Optional.empty();
        String error;
        if (answer instanceof Answer.Status status) {
            code = Optional.of(status.code());
            error = "status " + status.code();
            wait = Math.max(wait, status.retryAfter().map(Duration::toMillis).orElse(0L));
        } else {
            error = ((Answer.None) answer).error();
        }
        boolean late = now + wait > delivery.createdAt() + receiver.giveUp().toMillis();
        return new Failure(late, now + wait, code, error.substring(0, Math.min(error.length(), MAX_ERROR)));
    }
}
