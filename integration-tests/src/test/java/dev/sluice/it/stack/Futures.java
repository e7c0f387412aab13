package dev.sluice.it.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What became of work that runs beside the test; where it failed, the test fails with its failure as the cause. */
public final class Futures {
    private Futures() {}

    /** Waits for all, one after another, and keeps their order. */
    public static <T> List<T> results(List<? extends Future<? extends T>> running) {
        List<T> results = new ArrayList<>();
        for (Future<? extends T> one : running) {
            results.add(result(one));
        }
        return results;
    }

    public static <T> T result(Future<T> running) {
        try {
            return running.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }
}
