package dev.sluice.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Uploads that have sent much and go on sending little until they are dropped. */
final class SlowUploads implements AutoCloseable {
    private static final long FIRST = 3 << 20;
    private static final long DECLARED = 16 << 20;
    private static final long DROP = 16 << 10;

    private final List<Client> clients = new ArrayList<>();
    private final boolean chunked;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final Thread dripping = Thread.ofPlatform().daemon().unstarted(this::drip);

    /** Opens so many; chunked ones have no length. */
    SlowUploads(Way way, int count, boolean chunked) throws IOException {
        this.chunked = chunked;
        String head = way.head().apply(DECLARED);
        for (int i = 0; i < count; i++) {
            Client client = new Client(way.port());
            clients.add(client);
            client.begin(chunked ? head.replaceFirst("Content-Length: \\d+", "Transfer-Encoding: chunked") : head);
            write(client, FIRST);
        }
        dripping.start();
    }

    /** Fails when one of them has ended. */
    void check() throws IOException {
        if (failure.get() != null) {
            throw new IOException("a slow upload has ended", failure.get());
        }
    }

    private void drip() {
        try {
            while (!stopped.await(1, TimeUnit.SECONDS)) {
                for (Client client : clients) {
                    write(client, DROP);
                }
            }
        } catch (IOException e) {
            failure.set(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Client client, long bytes) throws IOException {
        if (chunked) {
            client.begin(Long.toHexString(bytes) + "\r\n");
        }
        client.write(bytes);
        if (chunked) {
            client.begin("\r\n");
        }
    }

    @Override
    public void close() throws IOException {
        stopped.countDown();
        try {
            dripping.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Client client : clients) {
            client.close();
        }
    }
}
