package dev.sluice.metadata;

import java.util.concurrent.CountDownLatch;

/** Where so many threads stand still until it is over. */
public final class Standstill {
    private final CountDownLatch come;
    private final CountDownLatch over = new CountDownLatch(1);

    public Standstill(int threads) {
        come = new CountDownLatch(threads);
    }

    /** For each of the threads; true once it is over. */
    public boolean stand() {
        come.countDown();
        try {
            over.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until all of them stand. */
    public void await() throws InterruptedException {
        come.await();
    }

    public void end() {
        over.countDown();
    }
}
