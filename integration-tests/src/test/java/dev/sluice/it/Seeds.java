package dev.sluice.it;

import dev.sluice.it.stack.Futures;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * How often everything random is tried: ten times, a hundred with {@code -Dsluice.long=true}; from another seed with each run,
 * unless {@code -Dsluice.seed=} names the first.
 */
public final class Seeds {
    private static final long FIRST = Long.getLong("sluice.seed", 0);
    private static final int COUNT = Boolean.getBoolean("sluice.long") ? 100 : 10;

    private Seeds() {}

    static LongStream all() {
        return LongStream.range(FIRST, FIRST + COUNT);
    }

    /** Tries all of them at the same time; ten at once where they are many. */
    static void atOnce(LongConsumer attempt) {
        try (var executor = Executors.newFixedThreadPool(10)) {
            List<Future<?>> running = new ArrayList<>();
            all().forEach(seed -> running.add(executor.submit(() -> attempt.accept(seed))));
            Futures.results(running);
        }
    }

    public static long first() {
        return FIRST;
    }

    static int count() {
        return COUNT;
    }

    /** What a person needs to run the same again. */
    static String repeat() {
        return "-Dsluice.seed=" + FIRST + (COUNT == 100 ? " -Dsluice.long=true" : "");
    }
}
