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
import java.util.Optional;
import java.util.Properties;
import okhttp3.OkHttpClient;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;

/** S3Proxy on a folder, in this JVM, with a client that may do everything. */
public final class EmbeddedStore {
    public static final String KEY = "test-key";
    public static final String SECRET = "test-secret";

    private final BlobStore blobs;
    private final S3Proxy proxy;
    private final MinioAsyncClient client;

    public EmbeddedStore(Path folder) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", folder.toString());
        BlobStore blobs = BlobStores.create("filesystem", properties);
        proxy = proxy(blobs).endpoint(URI.create("http://127.0.0.1:0")).build();
        proxy.start();
        this.blobs = blobs;
        client = MinioAsyncClient.builder()
                .endpoint(url().toString())
                .region("us-east-1")
                .credentials(KEY, SECRET)
                .httpClient(new OkHttpClient())
                .build();
    }

    private static S3Proxy.Builder proxy(BlobStore blobs) {
        return S3Proxy.builder()
                .blobStore(blobs)
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .stopTimeout(0);
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    /** The same objects over TLS, for clients that name the bucket in the path or, with {@code domain}, in the host. */
    S3Proxy overTls(Authority.Server server, Optional<String> domain) throws Exception {
        S3Proxy.Builder builder = proxy(blobs)
                .secureEndpoint(URI.create("https://127.0.0.1:0"))
                .keyStore(server.keyStore().toString(), Authority.PASSWORD);
        domain.ifPresent(builder::virtualHost);
        S3Proxy secure = builder.build();
        secure.start();
        return secure;
    }

    public Store store() {
        return new Store(config(SECRET));
    }

    public Store storeWithWrongSecret() {
        return new Store(config("wrong"));
    }

    private StoreConfig config(String secret) {
        return config(new StoreConfig.Address(url(), false, Optional.empty()), secret);
    }

    static StoreConfig config(StoreConfig.Address address, String secret) {
        return new StoreConfig(address, "us-east-1", KEY, secret, Duration.ofSeconds(3), Duration.ofMinutes(5));
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
