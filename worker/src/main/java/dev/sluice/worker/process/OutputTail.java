package dev.sluice.worker.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Reads a stream to its end on a thread of its own and keeps the last bytes of it. Thread-safe. */
final class OutputTail {
    private static final int KEPT = 64 * 1024;
    /** The metadata service refuses reports that are too large: of each stream at most so many bytes are told. */
    private static final int REPORTED = 16 * 1024;

    private final byte[] ring = new byte[KEPT];
    private final InputStream source;
    private final Thread reader;
    private long received;

    /** A platform thread: reads of pipes would pin the carriers of virtual ones. */
    OutputTail(InputStream source, String name) {
        this.source = source;
        this.reader = Thread.ofPlatform().daemon().name(name).start(this::read);
    }

    /** Waits for the end of the stream for a while: a stray process may keep a pipe open. */
    String text(Duration patience) throws InterruptedException {
        reader.join(patience);
        return text();
    }

    /** The end of a text, short enough for a report. */
    static String forReport(String text) {
        int begin = Math.max(0, text.length() - REPORTED);
        boolean splitsAPair = begin > 0 && begin < text.length() && Character.isLowSurrogate(text.charAt(begin));
        String end = text.substring(splitsAPair ? begin + 1 : begin);
        byte[] bytes = end.getBytes(StandardCharsets.UTF_8);
        int first = Math.max(0, bytes.length - REPORTED);
        while (first > 0 && first < bytes.length && (bytes[first] & 0xC0) == 0x80) {
            first++;
        }
        return new String(bytes, first, bytes.length - first, StandardCharsets.UTF_8);
    }

    synchronized String text() {
        int kept = (int) Math.min(received, KEPT);
        byte[] tail = new byte[kept];
        for (int i = 0; i < kept; i++) {
            tail[i] = ring[(int) ((received - kept + i) % KEPT)];
        }
        return new String(tail, StandardCharsets.UTF_8);
    }

    synchronized void clear() {
        received = 0;
    }

    private void read() {
        byte[] buffer = new byte[8 * 1024];
        try (source) {
            for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
                keep(buffer, count);
            }
        } catch (IOException e) {
            // the process is gone: what came so far is the tail
        }
    }

    private synchronized void keep(byte[] buffer, int count) {
        for (int i = 0; i < count; i++) {
            ring[(int) ((received + i) % KEPT)] = buffer[i];
        }
        received += count;
    }
}
