package dev.sluice.gateway;

import dev.sluice.gateway.s3.StorageConfig;
import dev.sluice.gateway.storage.Crc32c;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectStore;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import dev.sluice.gateway.storage.StoredObject;
import io.minio.MinioClient;
import io.minio.ObjectWriteResponse;
import io.minio.PutObjectArgs;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** The store as most would write it: the storage client's own {@code putObject} reads the body and sends it in parts of its choice. */
final class SdkObjectStore implements ObjectStore {
    /** The storage client's default lets five requests run at once. */
    private static final int MOST_CALLS = 10_000;

    private static final long ITS_OWN_PART_SIZE = -1;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final MinioClient client;

    SdkObjectStore(StorageConfig config) {
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(MOST_CALLS);
        dispatcher.setMaxRequestsPerHost(MOST_CALLS);
        client = MinioClient.builder()
                .endpoint(config.address().url().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(new OkHttpClient.Builder().dispatcher(dispatcher).build())
                .build();
    }

    @Override
    public PendingObject begin(NewObject object) {
        HandedOver body = new HandedOver();
        long length = object.length().orElseThrow();
        Future<ObjectWriteResponse> answer = threads.submit(() -> client.putObject(PutObjectArgs.builder()
                .bucket(object.key().bucket())
                .object(object.key().key())
                .contentType(object.contentType())
                .userMetadata(Map.of("upload-id", object.uploadId()))
                .stream(body, length, ITS_OWN_PART_SIZE)
                .build()));
        return new Put(object, body, answer);
    }

    @Override
    public boolean reachable() {
        return true;
    }

    @Override
    public int freePartBuffers() {
        return 0;
    }

    private record Put(NewObject object, HandedOver body, Future<ObjectWriteResponse> answer) implements PendingObject {
        @Override
        public void write(byte[] buffer, int offset, int length) {
            try {
                if (!body.handOver(buffer, offset, length, answer::isDone)) {
                    result();
                    throw new StorageException(Kind.UNAVAILABLE, "the storage client ended early");
                }
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }

        @Override
        public StoredObject commit(byte[] buffer, int offset, int length) {
            write(buffer, offset, length);
            ObjectWriteResponse stored = ended();
            return new StoredObject(
                    object.key(),
                    object.length().orElseThrow(),
                    Crc32c.OF_NOTHING,
                    stored.etag(),
                    Optional.ofNullable(stored.versionId()));
        }

        private ObjectWriteResponse ended() {
            try {
                body.end(answer::isDone);
                return result();
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }

        private ObjectWriteResponse result() throws InterruptedException {
            try {
                return answer.get();
            } catch (ExecutionException e) {
                throw new StorageException(Kind.UNAVAILABLE, "putObject failed", e);
            }
        }

        private static StorageException interrupted() {
            Thread.currentThread().interrupt();
            return new StorageException(Kind.UNAVAILABLE, "interrupted");
        }

        @Override
        public void close() {
            answer.cancel(true);
        }
    }
}
