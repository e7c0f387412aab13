package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.storage.ObjectKey;
import dev.sluice.gateway.storage.ObjectStore;
import dev.sluice.gateway.storage.ObjectStoreContract;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import io.minio.GetObjectArgs;
import io.minio.ListMultipartUploadsArgs;
import io.minio.MinioAsyncClient;
import io.minio.MinioClient;
import io.minio.StatObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import okhttp3.OkHttpClient;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real store does on S3Proxy, which counts bytes but verifies no trailer, whatever the way to it. */
abstract class S3ProxyContract extends ObjectStoreContract {
    private static final String ACCESS_KEY = "test-access";
    private static final String SECRET_KEY = "test-secret-key";
    private static final Duration PLENTY = Duration.ofSeconds(20); // nothing here is silent

    /** The one that the SDK makes for itself reads all certificates of the machine, a byte at a time. */
    private static final OkHttpClient HTTP = new OkHttpClient();

    @TempDir
    private static Path directory;

    private static BlobStore blobs;
    private static S3Proxy proxy;
    private static S3Proxy virtualHosts;

    private final StoreAddress address;
    private final S3ObjectStore store;
    private final MinioClient reader = MinioClient.builder()
            .endpoint(plainUrl())
            .region("us-east-1")
            .credentials(ACCESS_KEY, SECRET_KEY)
            .httpClient(HTTP)
            .build();

    S3ProxyContract(StoreAddress address) {
        this.address = address;
        this.store = new S3ObjectStore(config("uploads"));
    }

    @BeforeAll
    static void startProxy() throws Exception {
        var properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", directory.toString());
        blobs = BlobStores.create("filesystem", properties);
        blobs.createContainer("uploads");
        proxy = secureProxy().endpoint(URI.create("http://127.0.0.1:0")).build();
        proxy.start();
        virtualHosts = secureProxy().virtualHost("store.sluice.test").build();
        virtualHosts.start();
    }

    private static S3Proxy.Builder secureProxy() {
        return S3Proxy.builder()
                .blobStore(blobs)
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .secureEndpoint(URI.create("https://127.0.0.1:0"))
                .keyStore(Authority.OURS.server().keyStore().toString(), Authority.PASSWORD)
                .stopTimeout(0);
    }

    @AfterAll
    static void stopProxy() throws Exception {
        proxy.stop();
        virtualHosts.stop();
        blobs.close();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    static String plainUrl() {
        return "http://127.0.0.1:" + proxy.getPort();
    }

    static int securePort() {
        return proxy.getSecurePort();
    }

    static int virtualHostPort() {
        return virtualHosts.getSecurePort();
    }

    private StorageConfig config(String bucket) {
        return new StorageConfig(
                address, "us-east-1", bucket, ACCESS_KEY, SECRET_KEY, Integrity.SIZE, PLENTY, PLENTY, PLENTY, PART, 2);
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected Optional<byte[]> read(ObjectKey key) {
        try (var object = reader.getObject(
                GetObjectArgs.builder().bucket(key.bucket()).object(key.key()).build())) {
            return Optional.of(object.readAllBytes());
        } catch (ErrorResponseException e) {
            assertThat(e.errorResponse().code()).isEqualTo("NoSuchKey");
            return Optional.empty();
        } catch (MinioException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected String metadata(ObjectKey key) {
        try {
            var stat = reader.statObject(StatObjectArgs.builder()
                    .bucket(key.bucket())
                    .object(key.key())
                    .build());
            return stat.contentType() + " " + stat.headers().get("x-amz-meta-upload-id");
        } catch (MinioException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void abortsMultipartWhenClosedWithoutCommit() throws Exception {
        byte[] body = new byte[PART + 1];

        try (PendingObject pending = store.begin(object(OptionalLong.empty()))) {
            pending.write(body, 0, body.length);
            assertThat(openMultipartUploads()).isOne();
        }

        assertThat(openMultipartUploads()).isZero();
    }

    private int openMultipartUploads() throws Exception {
        try (var client = MinioAsyncClient.builder()
                .endpoint(plainUrl())
                .region("us-east-1")
                .credentials(ACCESS_KEY, SECRET_KEY)
                .httpClient(HTTP)
                .build()) {
            return client.listMultipartUploads(
                            ListMultipartUploadsArgs.builder().bucket("uploads").build())
                    .get()
                    .result()
                    .uploads()
                    .size();
        }
    }

    @Test
    void refusesWhenNoPartBufferIsFree() {
        try (PendingObject first = store.begin(object(OptionalLong.empty()));
                PendingObject second = store.begin(object(OptionalLong.empty()))) {
            assertThat(first).isNotSameAs(second);
            assertThatThrownBy(() -> store.begin(object(OptionalLong.empty())))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUDGET));
        }
        try (PendingObject next = store.begin(object(OptionalLong.empty()))) {
            next.write(new byte[1], 0, 1);
        }
    }

    @Test
    void isNotReachableWithoutTheBucket() {
        try (var other = new S3ObjectStore(config("missing"))) {
            assertThat(other.reachable()).isFalse();
        }
    }
}
