package dev.sluice.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client with one connection that it keeps: bytes go out of one block of memory that all clients share, so that it costs little beside
 * what is measured. Belongs to one thread.
 */
final class Client implements AutoCloseable {
    private static final ByteBuffer CONTENT = content();
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String LENGTH = "\r\ncontent-length:";

    private final int port;
    private final ByteBuffer answer = ByteBuffer.allocate(16 << 10);
    private @Nullable SocketChannel channel;

    Client(int port) {
        this.port = port;
    }

    /** Sends one request with a body of that length; the status of its answer. */
    int send(String head, long length) throws IOException {
        begin(head);
        write(length);
        return status();
    }

    /** Sends the head of a request. */
    void begin(String head) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            connected().write(bytes);
        }
    }

    /** Sends that many bytes. */
    void write(long length) throws IOException {
        for (long left = length; left > 0; ) {
            ByteBuffer piece = CONTENT.duplicate();
            piece.limit((int) Math.min(left, CONTENT.capacity()));
            left -= piece.remaining();
            while (piece.hasRemaining()) {
                connected().write(piece);
            }
        }
    }

    /** Reads the whole answer. */
    private int status() throws IOException {
        answer.clear();
        int head = -1;
        while (head < 0) {
            read();
            head = text().indexOf(END_OF_HEAD);
        }
        String lines = text().substring(0, head).toLowerCase(Locale.ROOT);
        int all = head + END_OF_HEAD.length() + contentLength(lines);
        while (answer.position() < all) {
            read();
        }
        if (lines.contains("\r\nconnection: close")) {
            close();
        }
        return Integer.parseInt(lines.substring("http/1.1 ".length(), "http/1.1 200".length()));
    }

    private static int contentLength(String lines) throws IOException {
        int at = lines.indexOf(LENGTH);
        if (at < 0) {
            throw new IOException("an answer without a length: " + lines);
        }
        int end = lines.indexOf('\r', at + LENGTH.length());
        return Integer.parseInt(lines.substring(at + LENGTH.length(), end < 0 ? lines.length() : end)
                .strip());
    }

    private String text() {
        return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
    }

    private void read() throws IOException {
        if (connected().read(answer) <= 0) {
            throw new EOFException("the connection ended, or an answer is too long");
        }
    }

    private SocketChannel connected() throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            open = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel = open;
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    private static ByteBuffer content() {
        byte[] bytes = new byte[1 << 20];
        ThreadLocalRandom.current().nextBytes(bytes);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
