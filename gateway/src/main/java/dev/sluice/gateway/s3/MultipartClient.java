package dev.sluice.gateway.s3;

import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.s3.StoreAddress.Addressing;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectKey;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import io.minio.AbortMultipartUploadArgs;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.ObjectWriteResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Part;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;

/** Begins and ends multipart uploads with the storage client; carries no bytes of bodies. Thread-safe. */
final class MultipartClient implements AutoCloseable {
    private static final int MOST_CALLS = 10_000;
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final OkHttpClient http;
    private final MinioAsyncClient client;
    private final StorageConfig config;

    MultipartClient(StorageConfig config) {
        this.config = config;
        var dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(MOST_CALLS);
        dispatcher.setMaxRequestsPerHost(MOST_CALLS);
        var builder = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(16, LONGEST_IDLE.toMillis(), TimeUnit.MILLISECONDS))
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(Proxy.NO_PROXY)
                .socketFactory(new DirectSockets())
                // A second Complete could be refused clearly because the first, whose answer was lost, has succeeded.
                .retryOnConnectionFailure(false)
                .addInterceptor(MultipartClient::refuseRedirects)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(config.connectTimeout())
                .writeTimeout(config.answerTimeout())
                .readTimeout(config.answerTimeout())
                .callTimeout(config.answerTimeout().plus(config.connectTimeout()));
        config.address().trust().ifPresent(trust -> builder.sslSocketFactory(trust.sockets(), trust.manager()));
        this.http = builder.build();
        this.client = MinioAsyncClient.builder()
                .endpoint(config.address().url().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(http)
                .build();
        if (config.address().addressing() == Addressing.VIRTUAL_HOST) {
            client.enableVirtualStyleEndpoint();
        } else {
            client.disableVirtualStyleEndpoint();
        }
    }

    /** The store answered with a redirect, of which the storage client would only say that it is no XML. */
    private static final class RedirectException extends IOException {
        private static final long serialVersionUID = 1;

        private final int status;

        RedirectException(int status) {
            super("redirect " + status);
            this.status = status;
        }
    }

    private static Response refuseRedirects(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        if (response.code() >= 300 && response.code() < 400) {
            response.close();
            throw new RedirectException(response.code());
        }
        return response;
    }

    /** True when parts carry checksums, and so the list of them must. */
    boolean checksums() {
        return config.integrity() == Integrity.CRC32C_TRAILER;
    }

    /** Returns the id that the store gave the multipart upload; not repeated after a lost answer, which may leave one behind. */
    String create(NewObject object) {
        return Retries.whileUnavailable(() -> createOnce(object), MultipartClient::createdNothing);
    }

    private static boolean createdNothing(StorageException e) {
        return e.getCause() == null || e.getCause() instanceof ConnectException;
    }

    private String createOnce(NewObject object) {
        var headers = new Http.Headers(
                Map.of("Content-Type", object.contentType(), "x-amz-meta-upload-id", object.uploadId()));
        if (checksums()) {
            headers.set("x-amz-checksum-algorithm", "CRC32C");
            headers.set("x-amz-checksum-type", "FULL_OBJECT");
        }
        try {
            return answer(client.createMultipartUpload(CreateMultipartUploadArgs.builder()
                            .bucket(object.key().bucket())
                            .object(object.key().key())
                            .headers(headers)
                            .build()))
                    .result()
                    .uploadId();
        } catch (ErrorResponseException e) {
            var error = e.errorResponse();
            throw Verdicts.refusal(e.response().code(), error.code(), error.message());
        } catch (RedirectException e) {
            throw Verdicts.refusal(e.status, "", "");
        } catch (MinioException | IOException e) {
            throw new StorageException(Kind.UNAVAILABLE, "no multipart upload could be begun", e);
        }
    }

    /** Makes the object appear; {@code sent} runs when the request is on its way. */
    StorePut.Taken complete(ObjectKey key, String multipartId, List<Part> parts, String crc32c, Runnable sent) {
        var args = CompleteMultipartUploadArgs.builder()
                .bucket(key.bucket())
                .object(key.key())
                .uploadId(multipartId)
                .parts(parts.toArray(Part[]::new))
                .maxRetries(0);
        if (checksums()) {
            args.extraHeaders(Map.of(ChunkFraming.TRAILER_NAME, crc32c, "x-amz-checksum-type", "FULL_OBJECT"));
        }
        ObjectWriteResponse answer;
        try {
            var call = client.completeMultipartUpload(args.build());
            sent.run();
            answer = answer(call);
        } catch (ErrorResponseException e) {
            throw Verdicts.afterTheEnd(e.response().code(), e.errorResponse().code());
        } catch (MinioException | IOException e) {
            throw new StorageException(Kind.OUTCOME_UNKNOWN, "no answer of the store to CompleteMultipartUpload", e);
        }
        if (answer.etag() == null) {
            throw new StorageException(
                    Kind.OUTCOME_UNKNOWN, "the store's 200 is not an answer to CompleteMultipartUpload");
        }
        if (checksums() && !crc32c.equals(answer.checksumCRC32C())) {
            throw new StorageException(Kind.OUTCOME_UNKNOWN, "the store's 200 lacks the checksum of the object");
        }
        String etag = answer.etag().replace("\"", "");
        return new StorePut.Taken(etag, crc32c, Optional.ofNullable(answer.versionId()));
    }

    /** Lets the store drop the parts; returns false when it did not say so in time. */
    boolean abort(ObjectKey key, String multipartId) {
        boolean interrupted = Thread.interrupted();
        try {
            answer(client.abortMultipartUpload(AbortMultipartUploadArgs.builder()
                    .bucket(key.bucket())
                    .object(key.key())
                    .uploadId(multipartId)
                    .build()));
            return true;
        } catch (MinioException | IOException e) {
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> T answer(CompletableFuture<T> call) throws MinioException, IOException {
        try {
            return call.get(config.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw cause(e);
        } catch (TimeoutException e) {
            call.cancel(true);
            var timeout = new SocketTimeoutException("the store was silent for too long");
            timeout.initCause(e);
            throw timeout;
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted while the store was to answer");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** The client wraps what went wrong; the innermost failure says whether it was a time-out. */
    private static IOException cause(ExecutionException failure) throws MinioException {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ErrorResponseException refused) {
                throw refused;
            }
            if (cause instanceof IOException broken) {
                return broken;
            }
        }
        return new IOException(failure);
    }

    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.connectionPool().evictAll();
        threads.shutdownNow();
    }
}
