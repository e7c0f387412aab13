package dev.sluice.it.stack;

import dev.sluice.it.Payload;
import io.minio.BucketExistsArgs;
import io.minio.CopyObjectArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http.Method;
import io.minio.ListMultipartUploadsArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.SourceObject;
import io.minio.StatObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** What a test sees of the store: the objects of one bucket, by S3. */
public final class Bucket {
    /** S3Proxy writes a body to {@code key-UUID} beside its key first, and a kill leaves that behind in listings. */
    private static final Pattern HALF_WRITTEN = Pattern.compile(".*/[^/]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Below it the client refuses a part. */
    private static final long LEAST_PART = 5 << 20;

    private final MinioClient client;
    private final MinioAsyncClient multiparts;
    private final StoreAccess access;
    private final String secret;

    Bucket(StoreAccess access, String secret) {
        this.access = access;
        OkHttpClient http = access.http();
        this.secret = secret;
        this.client = MinioClient.builder()
                .endpoint(access.url().toString())
                .credentials(access.accessKey(), secret)
                .region("us-east-1")
                .httpClient(http)
                .build();
        this.multiparts = MinioAsyncClient.builder()
                .endpoint(access.url().toString())
                .credentials(access.accessKey(), secret)
                .region("us-east-1")
                .httpClient(http.newBuilder()
                        .addInterceptor(Bucket::withStorageClass)
                        .build())
                .build();
    }

    Bucket named(String name) {
        return new Bucket(access.bucket(name), secret);
    }

    public String name() {
        return access.bucket();
    }

    /** Whether the store verifies and remembers checksums: then a check finds out what otherwise only the gateway's message says. */
    public boolean knowsChecksums() {
        return access.integrity().equals("crc32c-trailer");
    }

    /** The URL that a hint would name. */
    public String urlOf(String key) {
        return access.url() + "/" + name() + "/" + key;
    }

    /** Another test process may make it at the same time. */
    public void make() {
        try {
            if (!client.bucketExists(BucketExistsArgs.builder().bucket(name()).build())) {
                client.makeBucket(MakeBucketArgs.builder().bucket(name()).build());
            }
        } catch (ErrorResponseException e) {
            if (!e.errorResponse().code().equals("BucketAlreadyOwnedByYou")) {
                throw new AssertionError(e);
            }
        } catch (MinioException e) {
            throw new AssertionError(e);
        }
    }

    public String sha256(String key) {
        return call(() -> Payload.sha256(client.getObject(
                GetObjectArgs.builder().bucket(name()).object(key).build())));
    }

    /** The metadata that its writer gave it, names in lower case. */
    public Map<String, String> metadata(String key) {
        return call(() -> {
            Map<String, String> metadata = new TreeMap<>();
            client.statObject(
                            StatObjectArgs.builder().bucket(name()).object(key).build())
                    .userMetadata()
                    .forEach(entry -> metadata.merge(
                            entry.getKey().toLowerCase(Locale.ROOT),
                            entry.getValue(),
                            (one, other) -> one + ", " + other));
            return metadata;
        });
    }

    public boolean exists(String key) {
        try {
            client.statObject(
                    StatObjectArgs.builder().bucket(name()).object(key).build());
            return true;
        } catch (ErrorResponseException e) {
            if (e.errorResponse().code().startsWith("NoSuch")) {
                return false;
            }
            throw new IllegalStateException(e);
        } catch (MinioException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The keys under a prefix, what the store left behind of bodies that never ended left out. */
    public List<String> keys(String prefix) {
        return listed(prefix).stream()
                .filter(key -> !HALF_WRITTEN.matcher(key).matches())
                .toList();
    }

    /** The same with the objects' sizes. */
    public Map<String, Long> sizes(String prefix) {
        Map<String, Long> sizes = new TreeMap<>();
        items(prefix).forEach(item -> sizes.put(item.objectName(), item.size()));
        sizes.keySet().removeIf(key -> HALF_WRITTEN.matcher(key).matches());
        return sizes;
    }

    /** The keys under a prefix as the store lists them, half-written files among them. */
    public List<String> listed(String prefix) {
        return items(prefix).stream().map(Item::objectName).toList();
    }

    /** The store's other buckets. */
    public List<Bucket> others() {
        return call(() -> client.listBuckets().stream()
                .map(bucket -> bucket.name())
                .filter(other -> !other.equals(name()))
                .map(this::named)
                .toList());
    }

    private List<Item> items(String prefix) {
        return call(() -> {
            List<Item> items = new ArrayList<>();
            for (Result<Item> item : client.listObjects(ListObjectsArgs.builder()
                    .bucket(name())
                    .prefix(prefix)
                    .recursive(true)
                    .build())) {
                items.add(item.get());
            }
            return items;
        });
    }

    /** The keys under a prefix that have multipart uploads neither completed nor aborted; MinIO answers for whole keys only. */
    public List<String> multiparts(String prefix) {
        try {
            return call(() -> multiparts
                    .listMultipartUploads(ListMultipartUploadsArgs.builder()
                            .bucket(name())
                            .prefix(prefix)
                            .build())
                    .join()
                    .result()
                    .uploads()
                    .stream()
                    .map(upload -> upload.objectName())
                    .filter(key -> key.startsWith(prefix))
                    .toList());
        } catch (CompletionException e) {
            throw new IllegalStateException("the store does not list multiparts", e);
        }
    }

    /** Begins a multipart upload that nobody will end. */
    public void beginMultipart(String key) {
        call(() -> multiparts
                .createMultipartUpload(CreateMultipartUploadArgs.builder()
                        .bucket(name())
                        .object(key)
                        .build())
                .join());
    }

    /** A URL to which anybody may put one object for an hour. */
    public String putUrl(String key) {
        return call(() -> client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                .method(Method.PUT)
                .bucket(name())
                .object(key)
                .expiry(3600)
                .build()));
    }

    /** In one request: of several, a store that ends between them would keep an open multipart upload, which is nobody's. */
    public void put(String key, Payload payload, Map<String, String> metadata) {
        call(() -> client.putObject(PutObjectArgs.builder().bucket(name()).object(key).userMetadata(metadata).stream(
                        payload.stream(), payload.size(), Math.max(payload.size(), LEAST_PART))
                .build()));
    }

    public void put(String key, byte[] bytes) {
        call(() -> client.putObject(PutObjectArgs.builder().bucket(name()).object(key).stream(
                        new ByteArrayInputStream(bytes), (long) bytes.length, -1L)
                .build()));
    }

    public void copy(String from, String to) {
        call(() -> client.copyObject(CopyObjectArgs.builder()
                .bucket(name())
                .object(to)
                .source(SourceObject.builder().bucket(name()).object(from).build())
                .build()));
    }

    public void remove(String key) {
        call(() -> {
            client.removeObject(
                    RemoveObjectArgs.builder().bucket(name()).object(key).build());
            return true;
        });
    }

    /** MinIO leaves it empty in its list of multipart uploads: then the client library refuses the whole answer. */
    private static Response withStorageClass(Interceptor.Chain chain) throws IOException {
        Response answer = chain.proceed(chain.request());
        ResponseBody body = answer.body();
        String filled = body.string().replace("<StorageClass></StorageClass>", "<StorageClass>STANDARD</StorageClass>");
        return answer.newBuilder()
                .body(ResponseBody.create(filled, body.contentType()))
                .build();
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws MinioException;
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (MinioException e) {
            throw new IllegalStateException("the store refuses: " + e.getMessage(), e);
        }
    }
}
