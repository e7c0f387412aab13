package dev.sluice.benchmark;

import dev.sluice.it.net.Answer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** A kept connection that sends requests as they are and costs the machine as little as can be: it is not what is measured. */
final class Connection implements Closeable {
    private static final String LENGTH = "\r\ncontent-length: ";

    private final Socket socket;
    private final byte[] buffer = new byte[65_536];

    Connection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
    }

    /** A request with a JSON body; each header ends with a line's end. */
    static byte[] request(String line, String headers, String json) {
        return (line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
                        + "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Returns when all of the answer is here, which must have a length; its headers are left out. */
    Answer exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        InputStream in = socket.getInputStream();
        int have = 0;
        int wanted = Integer.MAX_VALUE;
        int body = 0;
        while (have < wanted) {
            int count = in.read(buffer, have, buffer.length - have);
            if (count < 0) {
                throw new IOException("closed without an answer");
            }
            have += count;
            if (body == 0) {
                String text = new String(buffer, 0, have, StandardCharsets.ISO_8859_1);
                int end = text.indexOf("\r\n\r\n");
                if (end >= 0) {
                    body = end + 4;
                    wanted = body + length(text.substring(0, end + 2));
                }
            }
        }
        int status = Integer.parseInt(new String(buffer, 9, 3, StandardCharsets.US_ASCII));
        return new Answer(status, Map.of(), new String(buffer, body, have - body, StandardCharsets.UTF_8));
    }

    private static int length(String head) throws IOException {
        int at = head.toLowerCase(Locale.ROOT).indexOf(LENGTH);
        if (at < 0) {
            throw new IOException("an answer without a length: " + head);
        }
        int from = at + LENGTH.length();
        return Integer.parseInt(head.substring(from, head.indexOf("\r\n", from)).strip());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
