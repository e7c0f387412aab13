package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.HttpConnection;
import dev.sluice.gateway.connection.HttpConnections;
import dev.sluice.gateway.connection.Trust;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectStore;
import dev.sluice.gateway.storage.PendingObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The S3 service. Bodies go over our own HTTP/1.1 connections, so that the end of a body can be withheld and nothing is buffered; the
 * storage client does the rest. Thread-safe.
 */
public final class S3ObjectStore implements ObjectStore, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(S3ObjectStore.class.getName());
    private static final HttpConnections.Manner MANNER = new HttpConnections.Manner(64 << 10, true);
    private static final Duration PROBE = Duration.ofMillis(1500);

    private final HttpConnections connections;
    private final AtomicBoolean untrusted = new AtomicBoolean();
    private final String host;
    private final RequestSigner signer;
    private final PutSender sender;
    private final MultipartClient multipart;
    private final PendingParts.Means means;

    public S3ObjectStore(StorageConfig config) {
        this(config, () -> {});
    }

    /** {@code endSent} runs whenever the end of an object has been sent and its answer has not been read. */
    public S3ObjectStore(StorageConfig config, Runnable endSent) {
        this.connections = new HttpConnections(
                config.address().port(), config.address().security(), MANNER, config.shortestTimeout());
        this.host = config.address().host(config.bucket());
        this.signer = new RequestSigner(config);
        this.sender = new PutSender(config, connections, signer);
        this.multipart = new MultipartClient(config);
        var buffers = new PartBuffers(config.partBuffers(), config.partSize());
        this.means = new PendingParts.Means(sender, multipart, buffers, endSent);
    }

    @Override
    public PendingObject begin(NewObject object) {
        return object.length().isPresent()
                ? new PendingPut(object, object.length().getAsLong(), sender, means.endSent())
                : new PendingParts(object, means);
    }

    /** A key that may only write is answered 403, which is an answer. */
    @Override
    public boolean reachable() {
        try {
            HttpConnection connection = connections.connect(host, PROBE);
            try {
                connection.send(new ByteBuffer[] {signer.headBucket()}, PROBE);
                int status = connection.answerToHead(PROBE).status();
                untrusted.set(false);
                return status == 200 || status == 403;
            } finally {
                connections.drop(connection);
            }
        } catch (IOException e) {
            sayUntrusted(e);
            return false;
        }
    }

    /** Once: uploads say so too, but there are none while the gateway is not ready. */
    private void sayUntrusted(IOException failure) {
        if (Trust.broken(failure) && !untrusted.getAndSet(true)) {
            LOG.log(System.Logger.Level.WARNING, "store not trusted host=" + host + " reason=" + failure.getMessage());
        }
    }

    @Override
    public int freePartBuffers() {
        return means.buffers().free();
    }

    @Override
    public void close() {
        connections.close();
        multipart.close();
    }
}
