package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Progress;
import dev.sluice.gateway.runtime.Ids;
import dev.sluice.gateway.upload.BodyException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** All uploads that this gateway answers for, and the ceiling on those it works on. Thread-safe. */
public final class OpenUploads {
    private final Map<UUID, OpenUpload> uploads = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final int ceiling;
    private volatile boolean draining;

    public OpenUploads(int ceiling) {
        this.ceiling = ceiling;
        this.places = new Semaphore(ceiling);
    }

    /** Empty when the ceiling is reached. */
    Optional<OpenUpload> open() {
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        OpenUpload upload = new OpenUpload(Ids.next(), this);
        uploads.put(upload.request(), upload);
        return Optional.of(upload);
    }

    public List<Progress> progress() {
        return uploads.values().stream().map(OpenUpload::progress).toList();
    }

    /** How many are being worked on. */
    public int working() {
        return ceiling - places.availablePermits();
    }

    public boolean draining() {
        return draining;
    }

    /** Lets nothing new in, waits for what runs, and cuts off what takes longer. */
    public void drain(Duration patience, Duration toCut) throws InterruptedException {
        draining = true;
        if (!idleWithin(patience)) {
            bodies().forEach(body -> body.cut(Kind.STOPPING));
            idleWithin(toCut);
        }
    }

    List<ReceivedBody> bodies() {
        return uploads.values().stream()
                .flatMap(upload -> upload.body().stream())
                .toList();
    }

    void release() {
        places.release();
    }

    void forget(OpenUpload upload) {
        uploads.remove(upload.request());
    }

    private boolean idleWithin(Duration patience) throws InterruptedException {
        boolean idle = places.tryAcquire(ceiling, patience.toMillis(), TimeUnit.MILLISECONDS);
        if (idle) {
            places.release(ceiling);
        }
        return idle;
    }
}
