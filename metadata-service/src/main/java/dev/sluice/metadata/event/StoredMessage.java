package dev.sluice.metadata.event;

import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.ProblemException;
import dev.sluice.metadata.upload.Proof;
import jakarta.json.JsonObject;

/** A gateway's word that an attempt's object is in the store ({@code completion.json}). */
public record StoredMessage(String uploadId, int attempt, String bucket, String key, Proof proof) {
    private static final String TYPE = "upload.stored";

    public static StoredMessage parse(JsonObject json) {
        Fields fields = new Fields(json);
        if (!fields.text("type", 64).equals(TYPE)) {
            throw ProblemException.badRequest("The type must be " + TYPE + ".");
        }
        return new StoredMessage(
                fields.text("upload_id", 64),
                (int) fields.number("attempt", 1, Integer.MAX_VALUE),
                fields.text("bucket", 255),
                fields.text("key", 1024),
                new Proof(
                        fields.number("size", 0, Long.MAX_VALUE),
                        fields.maybeText("crc32c", 1024),
                        fields.maybeText("sha256", 1024),
                        fields.maybeText("etag", 1024),
                        fields.maybeText("version_id", 1024),
                        fields.maybeNumber("received_at_ms", 0, Long.MAX_VALUE),
                        fields.maybeNumber("stored_at_ms", 0, Long.MAX_VALUE)));
    }

    /** The {@code webhook-id} that it must come with. */
    String id() {
        return uploadId + '.' + attempt;
    }
}
