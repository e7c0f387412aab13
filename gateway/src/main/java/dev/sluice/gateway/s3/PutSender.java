package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.HttpAnswer;
import dev.sluice.gateway.connection.HttpConnection;
import dev.sluice.gateway.connection.HttpConnections;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Brings PUTs to the point where the store takes the body; until then nothing of the body is needed. Thread-safe. */
final class PutSender {
    private final StorageConfig config;
    private final HttpConnections connections;
    private final RequestSigner signer;

    PutSender(StorageConfig config, HttpConnections connections, RequestSigner signer) {
        this.config = config;
        this.connections = connections;
        this.signer = signer;
    }

    /** As {@link #openOnce}, with retries. */
    StorePut open(PutRequest request) {
        return Retries.whileUnavailable(() -> openOnce(request));
    }

    /** Returns once the store has said {@code 100 Continue}. */
    StorePut openOnce(PutRequest request) {
        ByteBuffer head = signer.put(request);
        Optional<HttpConnection> keptAlive = connections.keptAlive(host(request));
        try {
            if (keptAlive.isPresent()) {
                try {
                    return await100(keptAlive.get(), request, head);
                } catch (IOException e) {
                    if (Retries.timedOut(e)) {
                        throw e;
                    }
                    head.rewind();
                }
            }
            return await100(connections.connect(host(request), config.connectTimeout()), request, head);
        } catch (IOException e) {
            throw new StorageException(Kind.UNAVAILABLE, "the store cannot be reached", e);
        }
    }

    private StorePut await100(HttpConnection connection, PutRequest request, ByteBuffer head) throws IOException {
        HttpAnswer answer;
        try {
            connection.send(new ByteBuffer[] {head}, config.continueTimeout());
            answer = connection.answerOrContinue(config.continueTimeout());
        } catch (Throwable e) {
            connections.drop(connection);
            throw e;
        }
        if (answer.status() == 100) {
            return new StorePut(connections, connection, config, request.length());
        }
        connections.drop(connection);
        throw Verdicts.refusal(answer);
    }

    /** Sends a PUT without a body. The request is its own end, so it gets a fresh connection and only connecting is repeated. */
    StorePut openEmpty(PutRequest request) {
        HttpConnection connection = Retries.whileUnavailable(() -> connect(host(request)));
        try {
            connection.send(new ByteBuffer[] {signer.putEmpty(request)}, config.answerTimeout());
            return new StorePut(connections, connection, config, 0);
        } catch (IOException e) {
            connections.drop(connection);
            throw new StorageException(Kind.OUTCOME_UNKNOWN, "the connection broke after an empty object was sent", e);
        }
    }

    private String host(PutRequest request) {
        return config.address().host(request.key().bucket());
    }

    private HttpConnection connect(String host) {
        try {
            return connections.connect(host, config.connectTimeout());
        } catch (IOException e) {
            throw new StorageException(Kind.UNAVAILABLE, "the store cannot be reached", e);
        }
    }
}
