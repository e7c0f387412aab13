package dev.sluice.it.storm;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Breaks processes and connections, one of each kind at a time, as a seed says, and heals each before it breaks the next. */
final class Nemesis {
    private final History history;
    private final ProcessFaults processes;
    private final NetworkFaults network;
    private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();

    /** @param longest the longest that a fault lasts, not counting starts */
    Nemesis(Stack stack, History history, Duration longest) {
        this.history = history;
        this.processes = new ProcessFaults(stack, longest);
        this.network = new NetworkFaults(stack, longest);
    }

    /** Begins no fault after this time; returns when all is healed. */
    void run(long seed, Duration time) {
        SplittableRandom random = new SplittableRandom(seed);
        SplittableRandom other = random.split();
        long end = System.nanoTime() + time.toNanos();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Futures.results(List.of(
                    executor.submit(() -> breakUntil(end, random, processes::next)),
                    executor.submit(() -> breakUntil(end, other, network::next))));
        }
        processes.mustLive();
    }

    /** How often each was done. */
    Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }

    /** How many faults have names that begin so. */
    int count(String prefix) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private void breakUntil(long end, SplittableRandom random, Function<SplittableRandom, Fault> faults) {
        while (true) {
            Await.pass(Duration.ofMillis(200 + random.nextLong(1500)));
            if (System.nanoTime() > end) {
                return;
            }
            Fault fault = faults.apply(random);
            history.note(fault.name());
            fault.action().run();
            history.note("healed: " + fault.name());
            counts.merge(fault.name(), 1, Integer::sum);
        }
    }
}
