package dev.sluice.gateway.s3;

import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectKey;
import java.util.Map;

/** A PUT to be signed; {@code query} needs no further encoding and may be empty. */
record PutRequest(ObjectKey key, String query, Map<String, String> headers, long length) {
    static PutRequest ofObject(NewObject object, long length) {
        return new PutRequest(
                object.key(),
                "",
                Map.of("Content-Type", object.contentType(), "x-amz-meta-upload-id", object.uploadId()),
                length);
    }

    /** {@code multipartId} already encoded for a query. */
    static PutRequest ofPart(ObjectKey key, String multipartId, int number, long length) {
        return new PutRequest(key, "?partNumber=" + number + "&uploadId=" + multipartId, Map.of(), length);
    }
}
