package dev.sluice.worker.check;

import dev.sluice.worker.lease.JobHandler;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.Outcome;
import dev.sluice.worker.store.ObjectHead;
import dev.sluice.worker.store.Store;
import dev.sluice.worker.store.StoreException;
import dev.sluice.worker.store.StoreObject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Optional;

/** Looks at the exact key of an upload's attempt (upload-life.md rule 5); always completes with what it saw. */
public final class CheckHandler implements JobHandler {
    private final Store store;
    private final boolean wantsChecksum;

    /** With {@code wantsChecksum} an object of ours without a checksum is not a stored upload. */
    public CheckHandler(Store store, boolean wantsChecksum) {
        this.store = store;
        this.wantsChecksum = wantsChecksum;
    }

    /** What a check is about; {@code nobody}: no live gateway works on it, so it may be cleaned up. */
    private record Subject(StoreObject object, boolean ours, boolean nobody, boolean delete) {
        static Subject from(JsonObject payload) {
            return new Subject(
                    new StoreObject(payload.getString("bucket"), payload.getString("key")),
                    payload.getBoolean("ours", false),
                    payload.getBoolean("nobody", false),
                    payload.getBoolean("delete", false));
        }

        boolean mayClean() {
            return ours && nobody;
        }
    }

    @Override
    public Outcome work(Lease lease) throws InterruptedException {
        Subject subject = Subject.from(lease.payload());
        return new Outcome.Completed(look(subject), Optional.empty());
    }

    private JsonObject look(Subject subject) throws InterruptedException {
        try {
            if (subject.delete()) {
                store.delete(subject.object());
                return outcome("deleted").build();
            }
            int aborted = subject.nobody() ? abortMultiparts(subject) : 0;
            Optional<ObjectHead> head = store.head(subject.object());
            if (head.isEmpty()) {
                return outcome("absent").add("aborted_multiparts", aborted).build();
            }
            if (wantsChecksum && subject.ours() && !head.get().hasChecksum()) {
                return noChecksum(subject);
            }
            return there(head.get(), aborted);
        } catch (StoreException e) {
            return outcome("unclear")
                    .add("reason", e.reason().wire())
                    .add("detail", String.valueOf(e.getMessage()))
                    .build();
        }
    }

    /** Lists also what is not ours to abort: the listing names a missing bucket, which HEAD takes for an absent object. */
    private int abortMultiparts(Subject subject) throws InterruptedException {
        int aborted = 0;
        for (String multipart : store.multipartUploads(subject.object())) {
            if (subject.ours() && store.abortMultipart(subject.object(), multipart)) {
                aborted++;
            }
        }
        return aborted;
    }

    private JsonObject noChecksum(Subject subject) throws InterruptedException {
        if (subject.mayClean()) {
            store.delete(subject.object());
        }
        return outcome("no-checksum").add("deleted", subject.mayClean()).build();
    }

    private static JsonObject there(ObjectHead head, int aborted) {
        return outcome("there")
                .add("size", head.size())
                .add("etag", orNull(head.etag()))
                .add("version_id", orNull(head.versionId()))
                .add("crc32c", orNull(head.crc32c()))
                .add("upload_id", orNull(head.uploadId()))
                .add("aborted_multiparts", aborted)
                .build();
    }

    private static JsonValue orNull(Optional<String> value) {
        return value.<JsonValue>map(Json::createValue).orElse(JsonValue.NULL);
    }

    private static JsonObjectBuilder outcome(String name) {
        return Json.createObjectBuilder().add("outcome", name);
    }
}
