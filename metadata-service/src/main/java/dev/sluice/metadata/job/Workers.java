package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the lives of each worker since our start: a request that began in an earlier one may have nobody waiting for it. A life that is
 * counted twice, because its transaction was run twice, does no harm. Thread-safe.
 */
final class Workers {
    /** The life of whoever said that it stops: no request belongs to it any more. */
    static final int OVER = -1;

    private final Map<String, Integer> lives = new ConcurrentHashMap<>();
    /** The boot that last said so, by worker. */
    private final Map<String, String> stopped = new ConcurrentHashMap<>();

    /** Records a sign of life; true when this is the first of a new life. */
    boolean seen(Transaction tx, LeaseRequest request, long now) {
        boolean fresh = WorkerRepository.find(tx, request.boot()).isEmpty();
        WorkerRepository.seen(tx, request, now);
        if (fresh) {
            WorkerRepository.replaceOthers(tx, request.worker(), request.boot());
            lives.merge(request.worker(), 1, Integer::sum);
        }
        return fresh;
    }

    /** Records the end of a life; false when there was none. */
    boolean stopped(Transaction tx, String boot, long now) {
        Optional<Worker> worker = WorkerRepository.find(tx, boot);
        worker.ifPresent(known -> {
            stopped.put(known.name(), boot);
            lives.merge(known.name(), 1, Integer::sum);
        });
        return WorkerRepository.stopped(tx, boot, now);
    }

    /** Whether this life said that it stops, before this request of it was here. */
    boolean over(LeaseRequest request) {
        return request.boot().equals(stopped.get(request.worker()));
    }

    /** Changes when a life begins or ends. */
    int life(String worker) {
        return lives.getOrDefault(worker, 0);
    }
}
