package dev.sluice.gateway.storage;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/** CRC32C as S3 writes it: base64 of the big-endian value. */
public final class Crc32c {
    public static final String OF_NOTHING = "AAAAAA==";

    private Crc32c() {}

    public static String text(CRC32C crc) {
        byte[] value =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
        return Base64.getEncoder().encodeToString(value);
    }
}
