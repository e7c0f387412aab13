package dev.sluice.gateway.s3;

import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectKey;
import java.util.Map;

/** A PUT to be signed; the values in {@code pathAndQuery} need no further encoding. */
record PutRequest(String pathAndQuery, Map<String, String> headers, long length) {
    static PutRequest ofObject(NewObject object, long length) {
        return new PutRequest(
                path(object.key()),
                Map.of("Content-Type", object.contentType(), "x-amz-meta-upload-id", object.uploadId()),
                length);
    }

    /** {@code multipartId} already encoded for a query. */
    static PutRequest ofPart(ObjectKey key, String multipartId, int number, long length) {
        return new PutRequest(path(key) + "?partNumber=" + number + "&uploadId=" + multipartId, Map.of(), length);
    }

    private static String path(ObjectKey key) {
        return key.bucket() + "/" + key.key();
    }
}
