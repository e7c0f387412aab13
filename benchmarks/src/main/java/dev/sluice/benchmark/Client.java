package dev.sluice.benchmark;

import dev.sluice.it.net.Answer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client with one connection that it keeps: requests go out as they are, files out of one block of memory that all clients share, so that
 * it costs little beside what is measured. Belongs to one thread.
 */
final class Client implements Closeable {
    private static final ByteBuffer CONTENT = content();
    private static final int LONGEST_SILENCE_MS = 60_000;
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final String LENGTH = "\r\ncontent-length:";

    private final int port;
    private final byte[] answer = new byte[64 << 10];
    private @Nullable SocketChannel channel;

    Client(int port) {
        this.port = port;
    }

    /** A request with a JSON body; each header ends with a line's end. */
    static byte[] request(String line, String headers, String json) {
        return (line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
                        + "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length + END_OF_HEAD + json)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Sends a whole request; its answer without the headers. */
    Answer exchange(byte[] request) throws IOException {
        write(ByteBuffer.wrap(request));
        return answer();
    }

    /** Sends one request with a body of that length; the status of its answer. */
    int send(String head, long length) throws IOException {
        begin(head);
        write(length);
        return answer().status();
    }

    /** Sends the head of a request. */
    void begin(String head) throws IOException {
        write(ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Sends that many bytes. */
    void write(long length) throws IOException {
        for (long left = length; left > 0; ) {
            ByteBuffer piece = CONTENT.duplicate();
            piece.limit((int) Math.min(left, CONTENT.capacity()));
            left -= piece.remaining();
            write(piece);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            connected().write(bytes);
        }
    }

    private Answer answer() throws IOException {
        int have = 0;
        Optional<Extent> whole = Optional.empty();
        while (whole.isEmpty() || have < whole.get().end()) {
            int count = connected().socket().getInputStream().read(answer, have, answer.length - have);
            if (count <= 0) {
                throw new EOFException("the connection ended, or an answer is too long");
            }
            have += count;
            if (whole.isEmpty()) {
                whole = Extent.of(new String(answer, 0, have, StandardCharsets.ISO_8859_1));
            }
        }
        Extent known = whole.get();
        if (known.closes()) {
            close();
        }
        return new Answer(
                known.status(),
                Map.of(),
                new String(answer, known.body(), have - known.body(), StandardCharsets.UTF_8));
    }

    /** What the head of an answer says of it: where its body begins and ends, and whether the connection ends with it. */
    record Extent(int status, int body, int end, boolean closes) {
        /** Nothing as long as the head is not whole; its answer must have a length. */
        static Optional<Extent> of(String received) throws IOException {
            int end = received.indexOf(END_OF_HEAD);
            if (end < 0) {
                return Optional.empty();
            }
            int body = end + END_OF_HEAD.length();
            String head = received.substring(0, end + 2).toLowerCase(Locale.ROOT);
            int length = head.indexOf(LENGTH);
            if (length < 0) {
                throw new IOException("an answer without a length: " + head);
            }
            int from = length + LENGTH.length();
            int bytes = Integer.parseInt(
                    head.substring(from, head.indexOf('\r', from)).strip());
            int status = Integer.parseInt(head.substring("http/1.1 ".length(), "http/1.1 200".length()));
            return Optional.of(new Extent(status, body, body + bytes, head.contains("\r\nconnection: close")));
        }
    }

    private SocketChannel connected() throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            open = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            open.setOption(StandardSocketOptions.TCP_NODELAY, true);
            open.socket().setSoTimeout(LONGEST_SILENCE_MS);
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
