package dev.sluice.it.net;

import dev.sluice.it.stack.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** One request on a socket of its own, whose bytes a test sends as badly as it likes. */
public final class RawUpload implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final boolean chunked;

    /** Connects and sends the head; without a length the body is chunked. */
    public RawUpload(int port, String requestLine, Map<String, String> headers, OptionalLong length)
            throws IOException {
        this(LOOPBACK, port, requestLine, headers, length);
    }

    /** The same from another address of this machine. */
    public RawUpload(InetAddress from, int port, String requestLine, Map<String, String> headers, OptionalLong length)
            throws IOException {
        this(from, port, length.isEmpty());
        StringBuilder head = new StringBuilder(requestLine + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append(chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + length.getAsLong() + "\r\n");
        write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private RawUpload(InetAddress from, int port, boolean chunked) throws IOException {
        this.chunked = chunked;
        socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(LOOPBACK, port), 2000);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = socket.getInputStream();
    }

    /** Connects and sends a head as it is. */
    public static RawUpload withHead(int port, String head) throws IOException {
        RawUpload upload = new RawUpload(LOOPBACK, port, false);
        upload.write(head.getBytes(StandardCharsets.ISO_8859_1));
        return upload;
    }

    /** Sends a piece of the body, framed if need be. */
    public void send(byte[] bytes, int offset, int count) throws IOException {
        if (chunked && count > 0) {
            write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        out.write(bytes, offset, count);
        if (chunked && count > 0) {
            write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.flush();
    }

    /** Sends so many bytes of the stream, or all that it has. */
    public void send(InputStream stream, long count) throws IOException {
        byte[] buffer = new byte[65536];
        long left = count;
        while (left > 0) {
            int read = stream.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                return;
            }
            send(buffer, 0, read);
            left -= read;
        }
    }

    /** Sends the stream at so many bytes a second, in pieces of a twentieth. */
    public void sendSlowly(InputStream stream, long count, long bytesPerSecond) throws IOException {
        long start = System.nanoTime();
        int piece = (int) Math.max(1, Math.min(65536, bytesPerSecond / 20));
        for (long sent = 0; sent < count; sent += piece) {
            send(stream, Math.min(piece, count - sent));
            long due = start + (sent + piece) * 1_000_000_000L / bytesPerSecond;
            long early = due - System.nanoTime();
            if (early > 0) {
                Await.pass(Duration.ofNanos(early));
            }
        }
    }

    /** The last chunk; nothing where the length was declared. */
    public void finish() throws IOException {
        if (chunked) {
            write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Bytes as they are, past all framing. */
    public void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        socket.close();
    }

    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads the final answer up to the end of its declared body or of the connection. */
    public Answer answer(Duration longest) throws IOException {
        socket.setSoTimeout((int) longest.toMillis());
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (true) {
            byte[] soFar = read.toByteArray();
            int head = indexOf(soFar, "\r\n\r\n");
            if (head >= 0 && soFar[9] == '1') {
                read.reset();
                read.write(soFar, head + 4, soFar.length - head - 4);
                continue;
            }
            if (head >= 0) {
                return answer(new String(soFar, 0, head, StandardCharsets.ISO_8859_1), soFar, head + 4);
            }
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed without an answer");
            }
            read.write(next);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Answer answer(String head, byte[] soFar, int bodyStart) throws IOException {
        Map<String, String> headers = new HashMap<>();
        head.lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        });
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(soFar, bodyStart, soFar.length - bodyStart);
        String length = headers.get("content-length");
        if (length != null) {
            body.write(in.readNBytes(Integer.parseInt(length) - body.size()));
        } else {
            body.write(in.readAllBytes());
        }
        byte[] bytes = body.toByteArray();
        String text = "chunked".equals(headers.get("transfer-encoding"))
                ? dechunked(bytes)
                : new String(bytes, StandardCharsets.UTF_8);
        return new Answer(Integer.parseInt(head.substring(9, 12)), headers, text);
    }

    private static String dechunked(byte[] bytes) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int lineEnd = at + indexOf(Arrays.copyOfRange(bytes, at, bytes.length), "\r\n");
            int size = Integer.parseInt(new String(bytes, at, lineEnd - at, StandardCharsets.US_ASCII), 16);
            if (size == 0) {
                return plain.toString(StandardCharsets.UTF_8);
            }
            plain.write(bytes, lineEnd + 2, size);
            at = lineEnd + 2 + size + 2;
        }
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
