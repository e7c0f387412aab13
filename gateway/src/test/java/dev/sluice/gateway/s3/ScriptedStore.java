package dev.sluice.gateway.s3;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that answers as a test tells it to: one script for each connection, in order. */
final class ScriptedStore implements AutoCloseable {
    /** One connection. */
    interface Script {
        void run(Connection connection) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Wrapping wrapping;
    private final String origin;
    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    /** What is laid over an accepted connection before its script runs. */
    interface Wrapping {
        Socket over(Socket accepted) throws IOException;
    }

    ScriptedStore() throws IOException {
        this("http://127.0.0.1", accepted -> accepted);
    }

    /** {@code origin}: scheme and host of its URL. */
    ScriptedStore(String origin, Wrapping wrapping) throws IOException {
        this.origin = origin;
        this.wrapping = wrapping;
        this.server = new ServerSocket();
        server.setReceiveBufferSize(16 << 10);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        threads.execute(this::accept);
    }

    /** The scripts of the next connections; further ones are closed at once. */
    void answerWith(Script... next) {
        scripts.addAll(List.of(next));
    }

    URI url() {
        return URI.create(origin + ":" + server.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true); // as real ones: what is written is there
                connections.incrementAndGet();
                threads.execute(() -> serve(socket));
            }
        } catch (IOException ignored) {
            // Closed: the test has ended.
        }
    }

    private void serve(Socket socket) {
        Script script = scripts.poll();
        try (socket) {
            if (script != null) {
                script.run(new Connection(socket, wrapping.over(socket)));
            }
        } catch (IOException ignored) {
            // The gateway's end has gone, as some tests want.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        end.countDown();
        server.close();
        threads.shutdownNow();
    }

    /** What a script can do. */
    final class Connection {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        private Connection(Socket socket, Socket wrapped) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(wrapped.getInputStream());
            this.out = wrapped.getOutputStream();
        }

        String readHead() throws IOException {
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("end of the request's head");
                }
                head.append((char) next);
            }
            return head.toString();
        }

        byte[] read(int count) throws IOException {
            return in.readNBytes(count);
        }

        /** Reads a whole framed body and returns its trailer. */
        String readToTrailer() throws IOException {
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                read(size);
                line();
            }
            String trailer = line();
            line();
            return trailer.substring("x-amz-checksum-crc32c:".length());
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new IOException("end of the body");
                }
                line.append((char) next);
            }
            return line.toString().strip();
        }

        void answer(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void answer(int status, String headers, String body) throws IOException {
            answer("HTTP/1.1 " + status + " x\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        }

        void error(int status, String code) throws IOException {
            answer(status, "", "<Error><Code>" + code + "</Code></Error>");
        }

        void continue100() throws IOException {
            answer("HTTP/1.1 100 Continue\r\n\r\n");
        }

        /** Says 200 as a store does that has verified the trailer. */
        void stored(String crc32c) throws IOException {
            answer(200, "ETag: \"e1\"\r\nx-amz-checksum-crc32c: " + crc32c + "\r\n", "");
        }

        /** Reads one PUT and stores it. */
        void takePut() throws IOException {
            readHead();
            continue100();
            stored(readToTrailer());
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Does nothing for a while: the pace of a slow store. */
        void pause(Duration length) throws InterruptedException {
            end.await(length.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** Does nothing until the test ends. */
        void hang() throws InterruptedException {
            end.await();
        }
    }
}
