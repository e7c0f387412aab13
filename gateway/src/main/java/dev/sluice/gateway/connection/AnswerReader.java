package dev.sluice.gateway.connection;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads HTTP/1.1 answers (RFC 9112) from a connection; one that is longer than it may be is an error. */
final class AnswerReader {
    private static final int CONTINUE = 100;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 [1-5]\\d\\d( .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9a-fA-F]{1,7}");

    private final Source source;
    private final int largest;
    private final ByteBuffer in = ByteBuffer.allocate(1024).flip();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream(0);
    private boolean reusable;

    /** Where bytes come from: fills a buffer as a channel does. */
    @FunctionalInterface
    interface Source {
        int read(ByteBuffer target) throws IOException;
    }

    AnswerReader(Source source, int largest) {
        this.source = source;
        this.largest = largest;
    }

    /** True when the connection may carry another request after the answer just read. */
    boolean reusable() {
        return reusable && !in.hasRemaining();
    }

    /** The next answer; interim ones are skipped, however many come (RFC 9110 §15.2). HEAD has no body whatever its headers say. */
    HttpAnswer next(boolean toHead) throws IOException {
        HttpAnswer answer = nextOrContinue(toHead);
        while (answer.status() == CONTINUE) {
            answer = nextOrContinue(toHead);
        }
        return answer;
    }

    /** The next answer, or {@code 100 Continue} when that comes first. */
    HttpAnswer nextOrContinue() throws IOException {
        return nextOrContinue(false);
    }

    private HttpAnswer nextOrContinue(boolean toHead) throws IOException {
        reusable = false;
        while (true) {
            int status = statusOf(line());
            Map<String, String> headers = headers();
            if (status == CONTINUE) {
                return new HttpAnswer(status, headers, "");
            }
            if (status >= 200) {
                boolean bodiless = toHead || status == 204 || status == 304;
                return new HttpAnswer(status, headers, bodiless ? withoutBody(headers) : body(headers));
            }
        }
    }

    private static int statusOf(String line) throws ProtocolException {
        if (!STATUS_LINE.matcher(line).matches()) {
            throw new ProtocolException("not an HTTP/1.1 answer");
        }
        return Integer.parseInt(line, 9, 12, 10);
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() > 100) {
                throw new ProtocolException("malformed headers in the answer");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            String before = headers.put(name, value);
            if (name.equals("content-length") && before != null && !before.equals(value)) {
                throw new ProtocolException("two lengths in the answer");
            }
        }
        return headers;
    }

    private String withoutBody(Map<String, String> headers) {
        reusable = keepsAlive(headers);
        return "";
    }

    private String body(Map<String, String> headers) throws IOException {
        content.reset();
        if (headers.containsKey("transfer-encoding")) {
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                take(size);
                line();
            }
            headers();
        } else if (headers.containsKey("content-length")) {
            take(number(headers.get("content-length"), LENGTH, 10));
        } else {
            takeAll();
            return content.toString(StandardCharsets.UTF_8);
        }
        reusable = keepsAlive(headers);
        return content.toString(StandardCharsets.UTF_8);
    }

    private static boolean keepsAlive(Map<String, String> headers) {
        return !"close".equalsIgnoreCase(headers.get("connection"));
    }

    private int chunkSize() throws IOException {
        String line = line();
        int end = line.indexOf(';');
        return number((end < 0 ? line : line.substring(0, end)).strip(), CHUNK_SIZE, 16);
    }

    private static int number(String digits, Pattern valid, int radix) throws ProtocolException {
        if (!valid.matcher(digits).matches()) {
            throw new ProtocolException("malformed length in the answer");
        }
        return Integer.parseInt(digits, radix);
    }

    private void take(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            keep(read());
        }
    }

    private void takeAll() throws IOException {
        while (in.hasRemaining() || fill()) {
            keep(in.get());
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (byte b = read(); b != '\n'; b = read()) {
            if (line.length() >= largest) {
                throw tooLong();
            }
            line.append((char) (b & 0xff));
        }
        int last = line.length() - 1;
        return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
    }

    private void keep(byte b) throws ProtocolException {
        if (content.size() >= largest) {
            throw tooLong();
        }
        content.write(b);
    }

    private ProtocolException tooLong() {
        return new ProtocolException("the answer is longer than " + largest + " bytes");
    }

    private byte read() throws IOException {
        if (!in.hasRemaining() && !fill()) {
            throw new EOFException("the other side closed the connection without a complete answer");
        }
        return in.get();
    }

    private boolean fill() throws IOException {
        in.clear();
        int count = source.read(in);
        in.flip();
        return count > 0;
    }
}
