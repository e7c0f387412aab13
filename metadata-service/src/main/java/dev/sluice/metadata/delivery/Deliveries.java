package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.runtime.Signal;
import dev.sluice.metadata.upload.Announcer;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadJson;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;

/** Writes events and, when there is a receiver, deliveries. Thread-safe. */
public final class Deliveries implements Announcer {
    private final boolean receiver;
    private final ObjectUrls urls;
    private final Signal due = new Signal();

    public Deliveries(boolean receiver, ObjectUrls urls) {
        this.receiver = receiver;
        this.urls = urls;
    }

    Signal due() {
        return due;
    }

    /** After the clock was set back: none is due later than this. Says of how many that was changed. */
    public static int pullBack(Transaction tx, long runAt) {
        return DeliveryRepository.pullBack(tx, runAt);
    }

    @Override
    public void announce(
            Transaction tx, String type, Upload upload, Optional<String> jobId, JsonObject extra, long now) {
        EventLog.append(
                tx, new Event(0, type, upload.id(), jobId, eventData(upload, jobId, extra), now), upload.owner());
        if (receiver) {
            JsonObject body = JsonIo.object()
                    .add("type", type)
                    .add("timestamp", JsonIo.time(now))
                    .add("data", data(type, upload, jobId, extra))
                    .build();
            DeliveryRepository.insert(tx, Ids.next(now), upload.id(), jobId, type, body.toString(), now);
            tx.afterCommit(due::raise);
        }
    }

    private static String eventData(Upload upload, Optional<String> jobId, JsonObject extra) {
        JsonObjectBuilder data = JsonIo.object().add("attempt", upload.attempt());
        if (jobId.isPresent()) {
            Optional.ofNullable(extra.get("kind")).ifPresent(kind -> data.add("kind", kind));
            Optional.ofNullable(extra.get("error")).ifPresent(error -> data.add("error", error));
        } else {
            upload.size().ifPresent(size -> data.add("size", size));
            upload.reason().ifPresent(reason -> data.add("reason", reason));
        }
        return data.add("data", JsonIo.stored(upload.data())).build().toString();
    }

    private JsonObjectBuilder data(String type, Upload upload, Optional<String> jobId, JsonObject extra) {
        JsonObjectBuilder data = JsonIo.object()
                .add("upload_id", upload.id())
                .add("attempt", upload.attempt())
                .add("seq", upload.seq());
        if (jobId.isPresent()) {
            data.add("job_id", jobId.get());
        } else {
            addUpload(data, upload);
        }
        if (type.equals("upload.completed")) {
            data.addAll(UploadJson.object(upload));
        }
        if (!type.equals("upload.failed")) {
            data.add("object_url", JsonIo.text(objectUrl(upload)));
        }
        extra.forEach(data::add);
        return data.add("data", JsonIo.stored(upload.data()));
    }

    /** Absent where the owner, and so the application with the owner's key, would get 404. */
    private Optional<String> objectUrl(Upload upload) {
        return upload.sent() ? Optional.of(urls.of(upload.id())) : Optional.empty();
    }

    private static void addUpload(JsonObjectBuilder data, Upload upload) {
        data.add("state", upload.state().text())
                .add("reason", JsonIo.text(upload.reason()))
                .add("owner", upload.owner())
                .add("filename", JsonIo.text(upload.filename()))
                .add("content_type", JsonIo.text(upload.contentType()));
    }
}
