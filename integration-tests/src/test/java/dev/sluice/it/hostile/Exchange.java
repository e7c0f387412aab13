package dev.sluice.it.hostile;

import dev.sluice.it.hostile.Row.Door;
import dev.sluice.it.hostile.Row.Piece;
import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection on which a row is sent, then a harmless request where it is still open; hears everything that is answered. */
final class Exchange implements AutoCloseable {
    /** Told from every answer to a row's own requests. */
    private static final int PROBED = 405;

    /** Stands for the status of HTTP/0.9, which knows none. */
    private static final int HEADLESS = 900;

    private static final String PROBE_REST = " HTTP/1.1\r\nHost: sluice\r\nConnection: close\r\n\r\n";
    /** Longer than any part waits for a client, with room for a slow machine; reached only when something hangs. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final Duration DRIP = Duration.ofMillis(200);

    private final Door door;
    private final Socket socket = new Socket();
    private final InputStream in;
    private final AtomicBoolean answered = new AtomicBoolean();

    private boolean headAsked;

    private Exchange(int port, Door door, boolean headAsked) throws IOException {
        this.door = door;
        this.headAsked = headAsked;
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) LONGEST.toMillis());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) LONGEST.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a row and hears all answers, the first of them that to the row; the probe's is left out. */
    static List<Answer> of(Row row, Words words, int port, Door door) throws IOException {
        try (Exchange exchange = new Exchange(port, door, row.asksHead())) {
            Thread sender = Thread.ofVirtual().start(() -> exchange.send(row, words));
            List<Answer> answers = exchange.answers(sender);
            exchange.answered.set(true);
            sender.join();
            return answers;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void send(Row row, Words words) {
        try {
            for (Piece piece : row.pieces()) {
                if (piece.slowly()) {
                    drip(words.bytes(piece.text()));
                } else {
                    write(words.bytes(piece.text()));
                }
            }
            if (row.cut()) {
                socket.shutdownOutput();
            }
        } catch (IOException refused) {
            // the answer says why
        }
    }

    private void drip(byte[] bytes) throws IOException {
        while (!answered.get()) {
            for (byte one : bytes) {
                write(new byte[] {one});
                Await.pass(DRIP);
            }
        }
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Up to the probe's answer: what comes before it was answered to the row. The probe must not get into the row's body. */
    private List<Answer> answers(Thread sender) throws IOException, InterruptedException {
        List<Answer> answers = new ArrayList<>();
        Optional<Answer> next = next();
        if (next.isPresent()) {
            answered.set(true);
            answers.add(next.get());
            sender.join(LONGEST);
            probe();
            next = next();
        }
        while (next.isPresent() && next.get().status() != PROBED) {
            answers.add(next.get());
            next = next();
        }
        return answers;
    }

    private void probe() {
        try {
            String refused = door == Door.METADATA ? "/uploads" : "/upload";
            write(("DELETE " + refused + PROBE_REST).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException closed) {
            // then nothing else can run on it
        }
    }

    /** The next final answer; empty when the connection has ended. */
    private Optional<Answer> next() throws IOException {
        try {
            Optional<Answer> answer = read();
            while (answer.isPresent() && answer.get().status() < 200) {
                answer = read();
            }
            return answer;
        } catch (SocketException reset) {
            return Optional.empty();
        }
    }

    private Optional<Answer> read() throws IOException {
        String statusLine = line();
        if (statusLine.isEmpty()) {
            return Optional.empty();
        }
        if (!statusLine.startsWith("HTTP/")) {
            return Optional.of(new Answer(HEADLESS, Map.of(), statusLine));
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        boolean toHead = headAsked && status >= 200;
        headAsked &= !toHead;
        String body = toHead ? "" : new String(body(headers), StandardCharsets.UTF_8);
        return Optional.of(new Answer(status, Map.copyOf(headers), body));
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (headers.containsKey("content-length")) {
            return in.readNBytes(Integer.parseInt(headers.get("content-length")));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.containsKey("transfer-encoding")) {
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                body.write(in.readNBytes(size));
                line();
            }
            line();
        }
        return body.toByteArray();
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
