package dev.sluice.gateway.s3;

import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.storage.Crc32c;
import io.minio.Signer;
import io.minio.errors.MinioException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * Makes the heads of our own requests, signed with SigV4. Only headers that are named here ever reach the store: it obeys some unsigned
 * ones, like {@code x-amz-copy-source}. Thread-safe.
 */
final class RequestSigner {
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final RequestBody NO_BODY = RequestBody.create(new byte[0]);
    private static final String UNSIGNED = "UNSIGNED-PAYLOAD";
    private static final String UNSIGNED_WITH_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    private final StorageConfig config;

    RequestSigner(StorageConfig config) {
        this.config = config;
    }

    /** A PUT that sends its body only after {@code 100 Continue}. */
    ByteBuffer put(PutRequest put) {
        Request.Builder request = request(put);
        if (config.integrity() == Integrity.SIZE) {
            return head(request, UNSIGNED, "Expect: 100-continue\r\nContent-Length: " + put.length() + "\r\n");
        }
        request.header("Content-Encoding", "aws-chunked")
                .header("x-amz-decoded-content-length", Long.toString(put.length()))
                .header("x-amz-trailer", ChunkFraming.TRAILER_NAME);
        long encoded = ChunkFraming.encodedLength(put.length());
        return head(request, UNSIGNED_WITH_TRAILER, "Expect: 100-continue\r\nContent-Length: " + encoded + "\r\n");
    }

    /** A PUT of nothing: MinIO takes no trailer then, so the checksum is a header. */
    ByteBuffer putEmpty(PutRequest put) {
        Request.Builder request = request(put);
        if (config.integrity() == Integrity.CRC32C_TRAILER) {
            request.header(ChunkFraming.TRAILER_NAME, Crc32c.OF_NOTHING);
        }
        return head(request, UNSIGNED, "Content-Length: 0\r\n");
    }

    ByteBuffer headBucket() {
        String bucket = config.bucket();
        var request =
                new Request.Builder().url(config.address().ofBucket(bucket)).head();
        return head(request.header("Host", config.address().authority(bucket)), UNSIGNED, "");
    }

    private Request.Builder request(PutRequest put) {
        Request.Builder request = new Request.Builder()
                .url(config.address().of(put.key()) + put.query())
                .header("Host", config.address().authority(put.key().bucket()))
                .put(NO_BODY);
        put.headers().forEach(request::header);
        return request;
    }

    private ByteBuffer head(Request.Builder unsigned, String content, String unsignedHeaders) {
        Request request = unsigned.header("x-amz-date", AMZ_DATE.format(Instant.now()))
                .header("x-amz-content-sha256", content)
                .build();
        Request signed = sign(request, content);
        var head = new StringBuilder(1024)
                .append(signed.method())
                .append(' ')
                .append(signed.url().encodedPath());
        if (signed.url().encodedQuery() != null) {
            head.append('?').append(signed.url().encodedQuery());
        }
        head.append(" HTTP/1.1\r\n");
        signed.headers().forEach(header -> head.append(header.getFirst())
                .append(": ")
                .append(header.getSecond())
                .append("\r\n"));
        head.append(unsignedHeaders).append("\r\n");
        return ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private Request sign(Request request, String content) {
        try {
            return Signer.signV4S3(request, config.region(), config.accessKey(), config.secretKey(), content);
        } catch (MinioException e) {
            throw new IllegalStateException("cannot sign a request to the store", e);
        }
    }
}
