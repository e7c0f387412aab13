package dev.sluice.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** A file that never lies anywhere: pseudo-random bytes that a seed and a size name. */
public record Payload(long seed, long size) {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 8192;

    /** A stream over the bytes, made anew with each call. */
    public InputStream stream() {
        return new Bytes(seed, size);
    }

    public byte[] bytes() {
        try (InputStream stream = stream()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String sha256() {
        return sha256(stream());
    }

    /** The value of a {@code Repr-Digest} that tells the truth. */
    public String reprDigest() {
        return "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256())) + ":";
    }

    /** As S3 writes it. */
    public String crc32c() {
        CRC32C crc = new CRC32C();
        crc.update(bytes());
        byte[] value =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
        return Base64.getEncoder().encodeToString(value);
    }

    public static String sha256(InputStream stream) {
        try (DigestInputStream digested = new DigestInputStream(stream, MessageDigest.getInstance("SHA-256"))) {
            digested.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Bytes extends InputStream {
        private final byte[] block = new byte[BLOCK];
        private int at = BLOCK;
        private long state;
        private long left;

        Bytes(long seed, long size) {
            this.state = seed * 0x9E3779B97F4A7C15L + 0x6A09E667F3BCC909L;
            this.left = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            if (at == BLOCK) {
                fill();
            }
            int count = (int) Math.min(left, Math.min(length, BLOCK - at));
            System.arraycopy(block, at, target, offset, count);
            at += count;
            left -= count;
            return count;
        }

        private void fill() {
            for (int i = 0; i < BLOCK; i += Long.BYTES) {
                state ^= state << 13;
                state ^= state >>> 7;
                state ^= state << 17;
                LONGS.set(block, i, state);
            }
            at = 0;
        }
    }
}
