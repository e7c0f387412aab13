package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
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
        Optional<Worker> known = WorkerRepository.find(tx, request.boot());
        WorkerRepository.seen(tx, request, stats(known, request), now);
        if (known.isEmpty()) {
            WorkerRepository.replaceOthers(tx, request.worker(), request.boot());
            lives.merge(request.worker(), 1, Integer::sum);
        }
        return known.isEmpty();
    }

    /** What it says of this queue, beside what it last said of the other one. */
    private static Optional<String> stats(Optional<Worker> known, LeaseRequest request) {
        Optional<String> before = known.flatMap(Worker::stats);
        return request.stats()
                .map(given -> JsonIo.object(before.map(JsonIo::parse).orElse(JsonObject.EMPTY_JSON_OBJECT))
                        .add(request.queue(), JsonIo.parse(given))
                        .build()
                        .toString())
                .or(() -> before);
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
