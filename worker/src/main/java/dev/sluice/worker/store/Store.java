package dev.sluice.worker.store;

import io.minio.AbortMultipartUploadArgs;
import io.minio.BucketExistsArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListMultipartUploadsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.RemoveObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.errors.ServerException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** The object store as the worker may use it: look, abort and delete exact keys, presign reads. Thread-safe. */
public final class Store implements AutoCloseable {
    /** Checks must not wait for a store that hangs. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** "BadRequest" is what the client makes of a HEAD, which has no body; region and credentials a listing has proved before that. */
    private static final Set<String> BAD_KEY =
            Set.of("BadRequest", "KeyTooLong", "KeyTooLongError", "InvalidURI", "XMinioInvalidObjectName");

    private static final Pattern WHOLE_CRC32C = Pattern.compile("[A-Za-z0-9+/]{6}==");

    private final OkHttpClient http;
    private final MinioAsyncClient client;
    private final Duration urlLifetime;

    public Store(StoreConfig config) {
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .connectTimeout(config.connectTimeout())
                .readTimeout(ANSWER)
                .writeTimeout(ANSWER)
                .callTimeout(ANSWER)
                .addInterceptor(new EmptyStorageClass())
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(Proxy.NO_PROXY)
                .socketFactory(new DirectSockets())
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(true);
        config.address().trust().ifPresent(trust -> builder.sslSocketFactory(trust.sockets(), trust.manager()));
        http = builder.build();
        client = MinioAsyncClient.builder()
                .endpoint(config.address().url().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(http, true)
                .build();
        if (config.address().bucketInHost()) {
            client.enableVirtualStyleEndpoint();
        } else {
            client.disableVirtualStyleEndpoint();
        }
        urlLifetime = config.urlLifetime();
    }

    /** A link that lets its holder read the object for a while, and nothing else. */
    public String presignGet(StoreObject object, Optional<String> versionId) {
        GetPresignedObjectUrlArgs.Builder args = GetPresignedObjectUrlArgs.builder()
                .method(Http.Method.GET)
                .bucket(object.bucket())
                .object(object.key())
                .expiry(Math.toIntExact(urlLifetime.toSeconds()));
        versionId.ifPresent(args::versionId);
        try {
            return client.getPresignedObjectUrl(args.build());
        } catch (MinioException e) {
            throw unclear(e);
        }
    }

    /** Empty when the object is not there; a missing bucket looks the same to this request. */
    public Optional<ObjectHead> head(StoreObject object) throws InterruptedException {
        StatObjectArgs args = StatObjectArgs.builder()
                .bucket(object.bucket())
                .object(object.key())
                .extraHeaders(Map.of("x-amz-checksum-mode", "ENABLED"))
                .build();
        try {
            return Optional.of(head(await(client.statObject(args))));
        } catch (MinioException e) {
            if (status(e) == 404) {
                return Optional.empty();
            }
            throw unclear(e);
        }
    }

    /** Ids of the multipart uploads under exactly this key; tells a missing bucket apart from a missing object. */
    public List<String> multipartUploads(StoreObject object) throws InterruptedException {
        ListMultipartUploadsArgs args = ListMultipartUploadsArgs.builder()
                .bucket(object.bucket())
                .prefix(object.key())
                .build();
        try {
            return await(client.listMultipartUploads(args)).result().uploads().stream()
                    .filter(upload -> upload.objectName().equals(object.key()))
                    .map(upload -> upload.uploadId())
                    .toList();
        } catch (MinioException e) {
            throw unclear(e);
        }
    }

    /** Returns false when there was nothing to abort any more. */
    public boolean abortMultipart(StoreObject object, String multipartId) throws InterruptedException {
        AbortMultipartUploadArgs args = AbortMultipartUploadArgs.builder()
                .bucket(object.bucket())
                .object(object.key())
                .uploadId(multipartId)
                .build();
        try {
            await(client.abortMultipartUpload(args));
            return true;
        } catch (MinioException e) {
            if (status(e) == 404) {
                return false;
            }
            throw unclear(e);
        }
    }

    /** Deletes exactly this key; absence is fine. */
    public void delete(StoreObject object) throws InterruptedException {
        RemoveObjectArgs args = RemoveObjectArgs.builder()
                .bucket(object.bucket())
                .object(object.key())
                .build();
        try {
            await(client.removeObject(args));
        } catch (MinioException e) {
            if (status(e) != 404 || code(e).equals("NoSuchBucket")) {
                throw unclear(e);
            }
        }
    }

    /** Makes the bucket unless it is there; returns whether it was made. */
    public boolean makeBucket(String bucket) throws InterruptedException {
        try {
            if (await(client.bucketExists(
                    BucketExistsArgs.builder().bucket(bucket).build()))) {
                return false;
            }
            await(client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build()));
            return true;
        } catch (MinioException e) {
            if (code(e).equals("BucketAlreadyOwnedByYou")) {
                return false;
            }
            throw unclear(e);
        }
    }

    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private static ObjectHead head(StatObjectResponse answer) {
        Headers headers = answer.headers();
        boolean hasChecksum = headers.names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.startsWith("x-amz-checksum-") && !name.equals("x-amz-checksum-type"));
        return new ObjectHead(
                answer.size(),
                Optional.ofNullable(headers.get("etag")).map(etag -> etag.replace("\"", "")),
                Optional.ofNullable(headers.get("x-amz-version-id")).filter(version -> !version.equals("null")),
                hasChecksum,
                Optional.ofNullable(headers.get("x-amz-checksum-crc32c"))
                        .filter(crc -> WHOLE_CRC32C.matcher(crc).matches()),
                Optional.ofNullable(headers.get("x-amz-meta-upload-id")));
    }

    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException, MinioException {
        try {
            return answer.get(ANSWER.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MinioException known) {
                throw known;
            }
            throw unclear(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new StoreException(StoreException.Reason.TIME_OUT, "no answer in time", e);
        } finally {
            if (!answer.isDone()) {
                answer.cancel(true);
            }
        }
    }

    private static StoreException unclear(Throwable cause) {
        if (hasCause(cause, InterruptedIOException.class)) {
            return new StoreException(StoreException.Reason.TIME_OUT, "no answer in time", cause);
        }
        int status = status(cause);
        if (code(cause).equals("NoSuchBucket")) {
            return new StoreException(StoreException.Reason.BUCKET_MISSING, "NoSuchBucket", cause);
        }
        if (status == 401 || status == 403) {
            return new StoreException(StoreException.Reason.FORBIDDEN, "status " + status + " " + code(cause), cause);
        }
        if (status == 400 && BAD_KEY.contains(code(cause))) {
            return new StoreException(StoreException.Reason.BAD_REQUEST, "status 400 " + code(cause), cause);
        }
        String detail = status > 0 ? "status " + status + " " + code(cause) : String.valueOf(root(cause));
        return new StoreException(StoreException.Reason.STORE_ERROR, detail, cause);
    }

    private static int status(Throwable cause) {
        return switch (cause) {
            case ErrorResponseException e -> e.response().code();
            case ServerException e -> e.statusCode();
            default -> 0;
        };
    }

    private static String code(Throwable cause) {
        return cause instanceof ErrorResponseException e && e.errorResponse().code() != null
                ? e.errorResponse().code()
                : "";
    }

    private static Throwable root(Throwable cause) {
        return cause.getCause() == null ? cause : root(cause.getCause());
    }

    private static boolean hasCause(Throwable cause, Class<? extends Throwable> type) {
        return type.isInstance(cause) || (cause.getCause() != null && hasCause(cause.getCause(), type));
    }
}
