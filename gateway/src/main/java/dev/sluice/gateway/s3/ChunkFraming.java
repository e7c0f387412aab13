package dev.sluice.gateway.s3;

import dev.sluice.gateway.storage.Crc32c;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The {@code aws-chunked} body of one PUT with its CRC32C as a trailer. Chunks have a fixed size, whatever the sizes of the writes, so
 * that the length is known in advance; MinIO holds a whole chunk in memory.
 */
final class ChunkFraming {
    static final String TRAILER_NAME = "x-amz-checksum-crc32c";
    private static final int CHUNK = 64 << 10;
    private static final int CRC_LENGTH = 8;

    private final ByteBuffer header = ByteBuffer.allocate(16);
    private long left;
    private int leftOfChunk;
    private boolean first = true;

    ChunkFraming(long length) {
        this.left = length;
    }

    static long encodedLength(long length) {
        int rest = (int) (length % CHUNK);
        long chunks = (length / CHUNK) * framed(CHUNK) + (rest > 0 ? framed(rest) : 0);
        return chunks + "0\r\n".length() + TRAILER_NAME.length() + ":".length() + CRC_LENGTH + "\r\n\r\n".length();
    }

    private static int framed(int size) {
        return Integer.toHexString(size).length() + "\r\n".length() + size + "\r\n".length();
    }

    /** How many of {@code count} bytes go out behind {@link #header}. */
    int take(int count) {
        header.clear();
        if (leftOfChunk == 0) {
            leftOfChunk = (int) Math.min(CHUNK, left);
            header.put(ascii((first ? "" : "\r\n") + Integer.toHexString(leftOfChunk) + "\r\n"));
            first = false;
        }
        header.flip();
        int taken = Math.min(count, leftOfChunk);
        leftOfChunk -= taken;
        left -= taken;
        return taken;
    }

    /** What precedes the bytes taken; empty within a chunk. */
    ByteBuffer header() {
        return header;
    }

    static ByteBuffer trailer(CRC32C crc) {
        return ByteBuffer.wrap(ascii("\r\n0\r\n" + TRAILER_NAME + ":" + Crc32c.text(crc) + "\r\n\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
