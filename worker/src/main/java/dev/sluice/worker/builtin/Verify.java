package dev.sluice.worker.builtin;

import dev.sluice.worker.tls.Trust;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import javax.net.ssl.HttpsURLConnection;

/** Reads the object back, recomputes CRC32C and SHA-256 and compares them and the size with what was announced. */
final class Verify implements BuiltIn {
    private static final int CONNECT_MILLIS = 3_000;
    private static final int SILENCE_MILLIS = 30_000;
    private static final int BUFFER = 256 * 1024;

    private final Optional<Trust> trust;

    /** With a trust only that holds over https, else the JVM's. */
    Verify(Optional<Trust> trust) {
        this.trust = trust;
    }

    /** What the bytes in the store are. */
    private record Content(long size, String crc32c, String sha256) {}

    @Override
    public JsonObject work(String url, JsonObject payload) throws IOException, JobException {
        Content content = read(url);
        if (says(payload, "size")) {
            compare("size", content.size(), payload.getJsonNumber("size").longValueExact());
        }
        if (says(payload, "crc32c")) {
            compare("crc32c", content.crc32c(), payload.getString("crc32c"));
        }
        if (says(payload, "sha256")) {
            compare("sha256", content.sha256(), payload.getString("sha256"));
        }
        return Json.createObjectBuilder()
                .add("size", content.size())
                .add("crc32c", content.crc32c())
                .add("sha256", content.sha256())
                .build();
    }

    private static boolean says(JsonObject payload, String name) {
        return payload.containsKey(name) && !payload.isNull(name);
    }

    /** A difference is final: the bytes will not change. */
    private static void compare(String name, Object stored, Object announced) throws JobException {
        if (!stored.equals(announced)) {
            throw new JobException(false, name + " " + stored + " in the store, " + announced + " announced");
        }
    }

    private Content read(String url) throws IOException, JobException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection(Proxy.NO_PROXY);
        if (connection instanceof HttpsURLConnection secure) {
            trust.ifPresent(authorities -> secure.setSSLSocketFactory(authorities.sockets()));
        }
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(SILENCE_MILLIS);
        connection.setInstanceFollowRedirects(false);
        try {
            int status = connection.getResponseCode();
            if (status != 200) {
                throw new JobException(true, "the store answered the read with status " + status);
            }
            long declared = connection.getContentLengthLong();
            try (InputStream body = connection.getInputStream()) {
                return digest(body, declared);
            }
        } finally {
            connection.disconnect();
        }
    }

    private static Content digest(InputStream body, long declared) throws IOException {
        CRC32C crc = new CRC32C();
        MessageDigest sha256 = sha256();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            crc.update(buffer, 0, read);
            sha256.update(buffer, 0, read);
            size += read;
        }
        if (declared >= 0 && size != declared) {
            throw new IOException("body ended after " + size + " of " + declared + " bytes");
        }
        byte[] bits =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
        return new Content(
                size, Base64.getEncoder().encodeToString(bits), HexFormat.of().formatHex(sha256.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
