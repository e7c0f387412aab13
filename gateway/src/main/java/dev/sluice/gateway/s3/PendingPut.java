package dev.sluice.gateway.s3;

import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StoredObject;
import java.util.Optional;

/** An object of known length, streamed in one PUT; of an empty one nothing is sent before {@link #commit}. */
final class PendingPut implements PendingObject {
    private final NewObject object;
    private final PutSender sender;
    private final Runnable endSent;
    private final long length;
    private Optional<StorePut> put;

    /** For a length over zero, returns when the store takes the body. */
    PendingPut(NewObject object, long length, PutSender sender, Runnable endSent) {
        this.object = object;
        this.sender = sender;
        this.endSent = endSent;
        this.length = length;
        this.put = length > 0 ? Optional.of(sender.open(PutRequest.ofObject(object, length))) : Optional.empty();
    }

    @Override
    public void write(byte[] buffer, int offset, int count) {
        put.orElseThrow(() -> new IllegalStateException("write to an empty object"))
                .write(buffer, offset, count);
    }

    @Override
    public StoredObject commit(byte[] buffer, int offset, int count) {
        if (length == 0) {
            put = Optional.of(sender.openEmpty(PutRequest.ofObject(object, 0)));
        }
        StorePut last = put.orElseThrow();
        last.end(buffer, offset, count);
        endSent.run();
        StorePut.Taken taken = last.taken();
        return new StoredObject(object.key(), length, taken.crc32c(), taken.etag(), taken.versionId());
    }

    @Override
    public void close() {
        put.ifPresent(StorePut::close);
    }
}
