package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.HttpAnswer;
import dev.sluice.gateway.connection.HttpConnection;
import dev.sluice.gateway.connection.HttpConnections;
import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.storage.Crc32c;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.CRC32C;

/** One PUT whose body the store is waiting for. Belongs to one thread. {@link #close} resets the connection unless it was answered. */
final class StorePut implements AutoCloseable {
    /** Each piece has a deadline of its own: a slow store that reads on is not silent. */
    private static final int LARGEST_PIECE = 64 << 10;

    private static final Duration LATE_ANSWER = Duration.ofSeconds(1);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final HttpConnections connections;
    private final HttpConnection connection;
    private final StorageConfig config;
    private final long length;
    private final Optional<ChunkFraming> framing;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer[] gathered = {NOTHING, NOTHING, NOTHING};
    private long sent;
    private boolean released;

    /** What the store said of a body that it has taken whole. */
    record Taken(String etag, String crc32c, Optional<String> versionId) {}

    StorePut(HttpConnections connections, HttpConnection connection, StorageConfig config, long length) {
        this.connections = connections;
        this.connection = connection;
        this.config = config;
        this.length = length;
        this.framing = config.integrity() == Integrity.CRC32C_TRAILER && length > 0
                ? Optional.of(new ChunkFraming(length))
                : Optional.empty();
    }

    /** Sends bytes that are not the last ones. */
    void write(byte[] buffer, int offset, int count) {
        if (count >= length - sent) {
            throw new IllegalStateException("write of the end, which only commit may send");
        }
        try {
            send(buffer, offset, count, false);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Sends the end; {@link #taken} must follow. */
    void end(byte[] buffer, int offset, int count) {
        if (count != length - sent) {
            throw new IllegalStateException("end of " + (sent + count) + " bytes, declared were " + length);
        }
        try {
            send(buffer, offset, count, true);
        } catch (IOException e) {
            throw verdictOr(e);
        }
    }

    private void send(byte[] buffer, int offset, int count, boolean end) throws IOException {
        crc.update(buffer, offset, count);
        int at = offset;
        for (int left = count; left > 0; ) {
            int piece = Math.min(left, LARGEST_PIECE);
            piece = framing.isPresent() ? framing.get().take(piece) : piece;
            left -= piece;
            gathered[0] = framing.isPresent() ? framing.get().header() : NOTHING;
            gathered[1] = ByteBuffer.wrap(buffer, at, piece);
            gathered[2] = end && left == 0 && framing.isPresent() ? ChunkFraming.trailer(crc) : NOTHING;
            connection.send(gathered, config.answerTimeout());
            at += piece;
            sent += piece;
        }
    }

    private StorageException failure(IOException e) {
        if (!Retries.timedOut(e)) {
            Optional<HttpAnswer> answer = lateAnswer();
            if (answer.isPresent()) {
                return Verdicts.refusal(answer.get());
            }
        }
        return new StorageException(Kind.UNAVAILABLE, "the connection to the store broke within the body", e);
    }

    private StorageException verdictOr(IOException e) {
        if (!Retries.timedOut(e)) {
            Optional<HttpAnswer> answer = lateAnswer();
            if (answer.isPresent() && answer.get().status() != 200) {
                return Verdicts.afterTheEnd(answer.get());
            }
        }
        return unknown(e);
    }

    /** Why the store closed the connection, if it said so. */
    private Optional<HttpAnswer> lateAnswer() {
        try {
            Duration patience =
                    LATE_ANSWER.compareTo(config.answerTimeout()) < 0 ? LATE_ANSWER : config.answerTimeout();
            return Optional.of(connection.answer(patience));
        } catch (IOException ignored) {
            return Optional.empty();
        } finally {
            close();
        }
    }

    /** Waits for the answer to the whole body. */
    Taken taken() {
        HttpAnswer answer;
        try {
            answer = connection.answer(config.answerTimeout());
        } catch (IOException e) {
            throw unknown(e);
        }
        released = true;
        connections.release(connection);
        if (!Verdicts.stored(answer)) {
            throw Verdicts.afterTheEnd(answer);
        }
        String checksum = Crc32c.text(crc);
        if (config.integrity() == Integrity.CRC32C_TRAILER
                && !answer.header(ChunkFraming.TRAILER_NAME).equals(Optional.of(checksum))) {
            throw new StorageException(Kind.OUTCOME_UNKNOWN, "the store's 200 lacks the checksum that was sent");
        }
        String etag = answer.header("etag").orElse("").replace("\"", "");
        return new Taken(etag, checksum, answer.header("x-amz-version-id"));
    }

    private static StorageException unknown(IOException e) {
        return new StorageException(Kind.OUTCOME_UNKNOWN, "no answer of the store after the end was sent", e);
    }

    @Override
    public void close() {
        if (!released) {
            released = true;
            connections.drop(connection);
        }
    }
}
