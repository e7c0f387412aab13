package dev.sluice.worker;

import dev.sluice.worker.store.Store;
import dev.sluice.worker.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Makes the upload bucket when it is missing: asks until the store has answered, beside everything else. A bucket that was there once is
 * never made again: in an empty one, every upload in doubt would be absent (upload-life.md §5).
 */
final class BucketMaker {
    private static final Logger LOG = System.getLogger(BucketMaker.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Store store;
    private final String bucket;
    private final Path record;
    private final String seen;

    /** Keeps in {@code state} which bucket it has seen. */
    BucketMaker(Store store, URI url, String bucket, Path state) {
        this.store = store;
        this.bucket = bucket;
        this.record = state.resolve("bucket-seen");
        this.seen = url + "/" + bucket + "\n";
    }

    Thread start() {
        return Thread.ofVirtual().name("bucket-maker").start(this::run);
    }

    private void run() {
        if (!wasSeen()) {
            make();
        }
    }

    private boolean wasSeen() {
        try {
            return Files.exists(record) && Files.readString(record).equals(seen);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "bucket record unreadable file=" + record, e);
            return true;
        }
    }

    private void remember() {
        try {
            Files.createDirectories(record.getParent());
            Files.writeString(record, seen);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "bucket record not written file=" + record, e);
        }
    }

    private void make() {
        String lastReason = "";
        while (true) {
            try {
                if (store.makeBucket(bucket)) {
                    LOG.log(Level.INFO, "bucket made bucket=" + bucket);
                }
                remember();
                return;
            } catch (StoreException e) {
                String reason = e.reason().wire() + " " + e.getMessage();
                if (!reason.equals(lastReason)) {
                    LOG.log(Level.WARNING, "bucket not checked yet bucket=" + bucket + " reason=" + reason);
                    lastReason = reason;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
