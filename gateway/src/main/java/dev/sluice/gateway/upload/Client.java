package dev.sluice.gateway.upload;

import java.io.InputStream;

/** The client of one upload request, as the receiver needs it. */
interface Client {
    /** Begins to read the body: a client that waits for {@code 100 Continue} gets it now. Once. */
    InputStream body();

    /** Answers while the upload's own thread still waits for the body; from another thread. */
    void answerNow(UploadResult result);
}
