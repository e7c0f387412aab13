package dev.sluice.worker.store;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Fills in the storage class that MinIO leaves empty in its list of multipart uploads: the client library refuses the whole answer
 * otherwise, as soon as there is one upload in it.
 */
final class EmptyStorageClass implements Interceptor {
    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        Response response = chain.proceed(request);
        boolean listing = request.method().equals("GET")
                && request.url().queryParameterNames().contains("uploads");
        if (!listing || response.code() != 200) {
            return response;
        }
        ResponseBody body = response.body();
        String filled = body.string()
                .replace("<StorageClass></StorageClass>", "<StorageClass>STANDARD</StorageClass>")
                .replace("<StorageClass/>", "<StorageClass>STANDARD</StorageClass>");
        return response.newBuilder()
                .body(ResponseBody.create(filled, body.contentType()))
                .build();
    }
}
