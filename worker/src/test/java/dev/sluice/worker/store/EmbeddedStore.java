package dev.sluice.worker.store;

import io.minio.CreateMultipartUploadArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.MinioAsyncClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import okhttp3.OkHttpClient;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** S3Proxy on a folder, in this JVM, with a client that may do everything. */
public final class EmbeddedStore {
    public static final String KEY = "test-key";
    public static final String SECRET = "test-secret";

    private final S3Proxy proxy;
    private final MinioAsyncClient client;

    public EmbeddedStore(Path folder) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", folder.toString());
        proxy = S3Proxy.builder()
                .blobStore(BlobStores.create("filesystem", properties))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .stopTimeout(0)
                .build();
        proxy.start();
        client = MinioAsyncClient.builder()
                .endpoint(url().toString())
                .region("us-east-1")
                .credentials(KEY, SECRET)
                .httpClient(new OkHttpClient())
                .build();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    public Store store() {
        return new Store(config(SECRET));
    }

    public Store storeWithWrongSecret() {
        return new Store(config("wrong"));
    }

    private StoreConfig config(String secret) {
        return new StoreConfig(url(), "us-east-1", KEY, secret, Duration.ofSeconds(3), Duration.ofMinutes(5));
    }

    /** Without a checksum, which the storage client would add. */
    public void put(StoreObject object, byte[] content, String uploadId) throws Exception {
        Map<String, String> metadata = Map.of("x-amz-meta-upload-id", uploadId);
        String url = client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                .method(Http.Method.PUT)
                .bucket(object.bucket())
                .object(object.key())
                .extraHeaders(metadata)
                .build());
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("x-amz-meta-upload-id", uploadId)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                throw new AssertionError("put answered with status " + status);
            }
        }
    }

    public void startMultipart(StoreObject object) throws Exception {
        client.createMultipartUpload(CreateMultipartUploadArgs.builder()
                        .bucket(object.bucket())
                        .object(object.key())
                        .build())
                .get();
    }

    public void stop() throws Exception {
        proxy.stop();
        client.close();
    }
}
