package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Decision.Uploader;
import dev.sluice.gateway.metadata.Progress;
import dev.sluice.gateway.upload.Places.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One upload request from before its intent until the metadata service has answered the last message about it. Thread-safe. */
final class OpenUpload implements AutoCloseable {
    private final UUID request;
    private final Holder address;
    private final OpenUploads all;
    private final List<Place> places = new ArrayList<>();
    private volatile Optional<ReceivedBody> body = Optional.empty();
    private volatile long received;
    private boolean working = true;
    private boolean owesReport;

    OpenUpload(UUID request, Holder address, Place place, OpenUploads all) {
        this.request = request;
        this.address = address;
        this.all = all;
        places.add(place);
    }

    UUID request() {
        return request;
    }

    Optional<ReceivedBody> body() {
        return body;
    }

    /**
     * Counts it as theirs, and takes a part buffer if it needs one; what was taken is given back at the end.
     *
     * @throws RefusedException the user, the client, the owner or the address has its share
     */
    synchronized void belongsTo(Uploader uploader, boolean needsPartBuffer) throws RefusedException {
        places.add(all.place(uploader, address));
        if (needsPartBuffer) {
            places.add(all.partBuffer(uploader, address));
        }
    }

    void receives(ReceivedBody begun) {
        body = Optional.of(begun);
    }

    Progress progress() {
        return new Progress(request, body.map(ReceivedBody::received).orElse(received));
    }

    /** From now on the metadata service is owed a report. */
    synchronized void reporting() {
        owesReport = true;
    }

    /** The report was answered. */
    synchronized void reported() {
        owesReport = false;
        forgetWhenDone();
    }

    /** The request is answered; its place is free, and its body is not kept however long a report is owed. */
    @Override
    public synchronized void close() {
        received = progress().received();
        body = Optional.empty();
        working = false;
        places.reversed().forEach(Place::close);
        forgetWhenDone();
    }

    private void forgetWhenDone() {
        if (!working && !owesReport) {
            all.forget(this);
        }
    }
}
