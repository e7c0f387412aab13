package dev.sluice.gateway.s3;

import dev.sluice.gateway.storage.Crc32c;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import dev.sluice.gateway.storage.StoredObject;
import io.minio.messages.Part;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** An object of unknown length: one PUT when it fits into one part, otherwise a multipart upload with one part in flight. */
final class PendingParts implements PendingObject {
    private static final int MOST_PARTS = 10_000;
    private static final System.Logger LOG = System.getLogger(PendingParts.class.getName());

    /** What the parts of one store share. */
    record Means(PutSender sender, MultipartClient multipart, PartBuffers buffers, Runnable endSent) {}

    private final NewObject object;
    private final Means means;
    private final byte[] part;
    private final List<Part> parts = new ArrayList<>();
    private final CRC32C crc = new CRC32C();
    private Optional<String> multipartId = Optional.empty();
    private int filled;
    private long size;
    private boolean closed;

    /** Takes a part buffer, or throws BUDGET. */
    PendingParts(NewObject object, Means means) {
        this.object = object;
        this.means = means;
        this.part =
                means.buffers().take().orElseThrow(() -> new StorageException(Kind.BUDGET, "no part buffer is free"));
    }

    @Override
    public void write(byte[] buffer, int offset, int count) {
        crc.update(buffer, offset, count);
        int at = offset;
        for (int left = count; left > 0; ) {
            if (filled == part.length) {
                sendPart();
            }
            int taken = Math.min(left, part.length - filled);
            System.arraycopy(buffer, at, part, filled, taken);
            filled += taken;
            size += taken;
            at += taken;
            left -= taken;
        }
    }

    @Override
    public StoredObject commit(byte[] buffer, int offset, int count) {
        write(buffer, offset, count);
        if (multipartId.isEmpty()) {
            return commitSmall();
        }
        sendPart();
        String crc32c = Crc32c.text(crc);
        StorePut.Taken taken = complete(multipartId.get(), crc32c);
        multipartId = Optional.empty();
        return new StoredObject(object.key(), size, crc32c, taken.etag(), taken.versionId());
    }

    private StorePut.Taken complete(String id, String crc32c) {
        try {
            return means.multipart().complete(object.key(), id, parts, crc32c, means.endSent());
        } catch (StorageException e) {
            if (e.kind() == Kind.OUTCOME_UNKNOWN) {
                // The store may be at it still: an abort now could hit it in the middle. The check aborts.
                multipartId = Optional.empty();
            }
            throw e;
        }
    }

    private StoredObject commitSmall() {
        try (var put = new PendingPut(object, filled, means.sender(), means.endSent())) {
            return put.commit(part, 0, filled);
        }
    }

    private void sendPart() {
        if (multipartId.isEmpty()) {
            multipartId = Optional.of(means.multipart().create(object));
        }
        int number = parts.size() + 1;
        if (number > MOST_PARTS) {
            throw new StorageException(Kind.REFUSED, "more parts than S3 allows");
        }
        String id = URLEncoder.encode(multipartId.get(), StandardCharsets.UTF_8);
        var request = PutRequest.ofPart(object.key(), id, number, filled);
        StorePut.Taken taken = Retries.whileUnavailable(() -> putPart(request));
        parts.add(new Part(number, taken.etag(), null, checksum(taken), null, null, null));
        filled = 0;
    }

    /** A part may be sent again as long as it is in the buffer: no outcome of it is the outcome of the object. */
    private StorePut.Taken putPart(PutRequest request) {
        try (StorePut put = means.sender().openOnce(request)) {
            put.end(part, 0, filled);
            return put.taken();
        } catch (StorageException e) {
            if (e.kind() == Kind.OUTCOME_UNKNOWN) {
                throw new StorageException(Kind.UNAVAILABLE, "a part was not taken", e.getCause());
            }
            throw e;
        }
    }

    /** A store that does not verify checksums is not told any. */
    private @Nullable String checksum(StorePut.Taken taken) {
        return means.multipart().checksums() ? taken.crc32c() : null;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        means.buffers().giveBack(part);
        if (multipartId.isPresent() && !means.multipart().abort(object.key(), multipartId.get())) {
            LOG.log(System.Logger.Level.WARNING, "multipart not aborted upload=" + object.uploadId());
        }
    }
}
