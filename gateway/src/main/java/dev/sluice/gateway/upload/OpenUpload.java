package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Progress;
import java.util.Optional;
import java.util.UUID;

/** One upload request from before its intent until the metadata service has answered the last message about it. Thread-safe. */
final class OpenUpload implements AutoCloseable {
    private final UUID request;
    private final OpenUploads all;
    private volatile Optional<ReceivedBody> body = Optional.empty();
    private volatile long received;
    private boolean working = true;
    private boolean owesReport;

    OpenUpload(UUID request, OpenUploads all) {
        this.request = request;
        this.all = all;
    }

    UUID request() {
        return request;
    }

    Optional<ReceivedBody> body() {
        return body;
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
        all.release();
        forgetWhenDone();
    }

    private void forgetWhenDone() {
        if (!working && !owesReport) {
            all.forget(this);
        }
    }
}
