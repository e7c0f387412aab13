package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.BusyException;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.runtime.HaltPoint;
import dev.sluice.metadata.runtime.HaltPoints;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
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

    private record Sent(Delivery delivery, Answer answer, long at) {}

    /** How often in a row an outcome could not be recorded, and until when (nanoTime) the delivery is left alone for that. */
    private record Rest(int failures, long until) {
        boolean over() {
            return System.nanoTime() - until >= 0;
        }
    }

    private static final Logger LOG = System.getLogger(Sender.class.getName());
    private static final int PARALLEL = 16;
    /** Deliveries that were read and are not yet on record as sent. */
    private static final int IN_HAND = 256;
    /** Between two looks: what becomes due or was answered meanwhile shares one query and one commit. */
    private static final Duration PACE = Duration.ofMillis(20);

    private static final int MAX_ERROR = 500;
    private static final Duration UNRECORDED_PAUSE = Duration.ofSeconds(1);

    private final Store store;
    private final Deliveries deliveries;
    private final Receiver receiver;
    private final Duration lookEvery;
    private final CallbackClient client;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    /** As the next two, it belongs to the one thread that reads and records. */
    private final Set<String> inHand = new HashSet<>();
    /** Kept until they are on record, so that {@link #close} can record what the thread could not. */
    private final Set<Sent> unrecorded = new LinkedHashSet<>();
    /** By id. */
    private final Map<String, Rest> resting = new HashMap<>();

    private final BlockingQueue<Delivery> waiting = new LinkedBlockingQueue<>();
    private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
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
        for (int i = 0; i < PARALLEL; i++) {
            executor.execute(this::send);
        }
    }

    /** Ends running tries too: they go out again after the next start. */
    @Override
    public void close() {
        thread.interrupt();
        executor.shutdownNow();
        client.close();
        executor.close();
        try {
            thread.join();
            recordSent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.INFO, "deliveries not recorded, they go out again reason=" + e.getMessage());
        }
    }

    private void run() {
        try {
            while (true) {
                long seen = deliveries.due().version();
                recordUntilTaken();
                long wait = readDue();
                Thread.sleep(PACE);
                deliveries.due().await(seen, wait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hands over what is due and says how long nothing else will be, in milliseconds. */
    private long readDue() throws InterruptedException {
        try {
            long now = store.clock().millis();
            Set<String> before = new HashSet<>(inHand);
            resting.forEach((id, rest) -> {
                if (!rest.over()) {
                    before.add(id);
                }
            });
            int free = IN_HAND - inHand.size();
            Due due = store.database()
                    .read(tx -> new Due(
                            free == 0 ? List.of() : DeliveryRepository.due(tx, now, before, free),
                            DeliveryRepository.nextDue(tx, now)));
            for (Delivery delivery : due.now()) {
                inHand.add(delivery.id());
                waiting.add(delivery);
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

    private void send() {
        try {
            while (true) {
                Delivery delivery = waiting.take();
                Answer answer = post(delivery);
                store.haltPoints().reached(HaltPoint.DELIVERY_SENT);
                sent.add(new Sent(delivery, answer, store.clock().millis()));
                deliveries.due().raise();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer post(Delivery delivery) throws InterruptedException {
        try {
            return client.post(delivery);
        } catch (RuntimeException e) {
            return new Answer.None(NoAnswer.words(e));
        }
    }

    /** While nothing can be written nothing more is read or sent: what is not recorded would go out again and again. */
    private void recordUntilTaken() throws InterruptedException {
        while (true) {
            try {
                recordSent();
                return;
            } catch (RuntimeException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                handBackWaiting();
                LOG.log(
                        Level.INFO,
                        "deliveries not yet recorded count=" + unrecorded.size() + " reason=" + e.getMessage());
            }
            Thread.sleep(UNRECORDED_PAUSE);
        }
    }

    /** They are read again later. */
    private void handBackWaiting() {
        List<Delivery> unsent = new ArrayList<>();
        waiting.drainTo(unsent);
        unsent.forEach(delivery -> inHand.remove(delivery.id()));
    }

    /** One commit for all; when one of them is at fault each has its own, so that a bad one stops no other. */
    private void recordSent() {
        sent.drainTo(unrecorded);
        if (unrecorded.isEmpty()) {
            return;
        }
        List<Sent> outcomes = List.copyOf(unrecorded);
        try {
            recordAll(outcomes);
        } catch (RuntimeException e) {
            throwUnlessAtFault(e);
            outcomes.forEach(this::recordAlone);
        }
    }

    /** One that cannot be recorded goes out again, under its id, after a rest as if it had failed. */
    private void recordAlone(Sent one) {
        try {
            recordAll(List.of(one));
        } catch (RuntimeException e) {
            throwUnlessAtFault(e);
            LOG.log(Level.ERROR, "delivery not recorded id=" + one.delivery().id(), e);
            rest(one.delivery().id());
            settle(one);
        }
    }

    private void rest(String id) {
        int before = Optional.ofNullable(resting.get(id)).map(Rest::failures).orElse(0);
        Duration pause = Duration.ofMillis(receiver.retry().ceilingMillis(before));
        resting.put(id, new Rest(before + 1, System.nanoTime() + pause.toNanos()));
    }

    /** Another try may record the same when nothing can be written now, nobody answered in time, or we are to end. */
    private void throwUnlessAtFault(RuntimeException e) {
        if (!store.committer().canWrite()
                || e instanceof BusyException
                || e.getCause() instanceof TimeoutException
                || Thread.currentThread().isInterrupted()) {
            throw e;
        }
    }

    private void recordAll(List<Sent> outcomes) {
        store.committer().commit(tx -> {
            outcomes.forEach(one -> record(tx, one));
            return outcomes.size();
        });
        outcomes.forEach(one -> {
            resting.remove(one.delivery().id());
            settle(one);
        });
    }

    private void settle(Sent one) {
        unrecorded.remove(one);
        inHand.remove(one.delivery().id());
    }

    private void record(Transaction tx, Sent one) {
        Delivery delivery = one.delivery();
        if (one.answer() instanceof Answer.Status status && status.delivered()) {
            DeliveryRepository.delivered(tx, delivery.id(), status.code(), one.at());
            return;
        }
        Failure failure = failure(delivery, one.answer(), one.at());
        if (DeliveryRepository.failed(tx, delivery, failure)) {
            tx.afterCommit(() -> LOG.log(
                    failure.dead() ? Level.WARNING : Level.INFO,
                    "delivery failed id=" + delivery.id() + " tries=" + (delivery.attempts() + 1) + " dead="
                            + failure.dead() + " error=" + failure.error()));
        }
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
