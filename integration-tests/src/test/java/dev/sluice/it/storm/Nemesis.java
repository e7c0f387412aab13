package dev.sluice.it.storm;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
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
        atOnce(List.of(() -> breakUntil(end, random, processes::next), () -> breakUntil(end, other, network::next)));
    }

    /** The same with the network alone: every process lives on. */
    void runWithoutDeaths(long seed, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        atOnce(List.of(() -> breakUntil(end, new SplittableRandom(seed), network::next)));
    }

    /** Whatever chance has left out up to now. */
    void runWhatIsMissing() {
        List<Fault> ofProcesses = missing(processes.each());
        List<Fault> ofNetwork = missing(network.each());
        atOnce(List.of(() -> ofProcesses.forEach(this::carryOut), () -> ofNetwork.forEach(this::carryOut)));
    }

    /** What was never done: a kill, a freeze and a termination of each process, each fault of each connection. */
    List<String> missing() {
        List<Fault> all = new ArrayList<>(processes.each());
        all.addAll(network.each());
        return missing(all).stream().map(Fault::name).toList();
    }

    /** How often each was done, halts at different moments being one. */
    Map<String, Integer> counts() {
        Map<String, Integer> sums = new TreeMap<>();
        counts.forEach((name, count) -> sums.merge(name.replaceFirst(" at .*", ""), count, Integer::sum));
        return sums;
    }

    private void atOnce(List<Runnable> actions) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Futures.results(actions.stream().map(executor::submit).toList());
        }
        processes.mustLive();
    }

    /** Also a kill at a moment is one. */
    private List<Fault> missing(List<Fault> wanted) {
        return wanted.stream()
                .filter(fault -> counts().getOrDefault(fault.name(), 0) == 0)
                .toList();
    }

    private void breakUntil(long end, SplittableRandom random, Function<SplittableRandom, Fault> faults) {
        while (true) {
            Await.pass(Duration.ofMillis(200 + random.nextLong(1500)));
            if (System.nanoTime() > end) {
                return;
            }
            carryOut(faults.apply(random));
        }
    }

    private void carryOut(Fault fault) {
        history.note(fault.name());
        fault.action().run();
        history.note("healed: " + fault.name());
        counts.merge(fault.name(), 1, Integer::sum);
    }
}
