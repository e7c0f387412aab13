package dev.sluice.it.storm;

import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.History.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rounds of storm, healing, settling and checking over one system, whose state is carried over from round to round. */
final class Storm implements AutoCloseable {
    /**
     * How long everything takes.
     *
     * @param span the whole; one round at least
     * @param round the longest round of storm; another one has half of it at least
     * @param fault the longest fault
     * @param settled from healing until nobody has anything left to do; it ends early
     */
    record Pace(Duration span, Duration round, Duration fault, Duration settled) {}

    private final Stack stack;
    private final long seed;
    private final Pace pace;
    private final Operations operations;
    private final History history;
    private final Driver driver;
    private final Nemesis nemesis;
    private final Observer observer;
    private int rounds;

    /** @param limit the largest upload in bytes that the system is configured to take */
    Storm(Stack stack, long seed, Pace pace, long limit) {
        this.stack = stack;
        this.seed = seed;
        this.pace = pace;
        operations = new Operations(limit, stack::foreignKey);
        history = new History(stack.folder().resolve("logs/history.log"));
        driver = new Driver(new HttpClient(stack), operations, history);
        nemesis = new Nemesis(stack, history, pace.fault());
        observer = new Observer(stack);
    }

    /** Throws what the checker finds, after the first round in which it finds something. */
    void run() {
        long start = System.nanoTime();
        driver.warmUp();
        List<String> left = observer.awaitSettled(pace.settled());
        if (!left.isEmpty()) {
            throw new AssertionError("not settled in calm weather: " + left);
        }
        observer.rememberResources();
        SplittableRandom random = new SplittableRandom(seed);
        boolean last;
        do {
            rounds++;
            Duration half = pace.round().dividedBy(2);
            Duration time = half.plusMillis(random.nextLong(half.toMillis() + 1));
            SplittableRandom seeds = random.split();
            history.note("round " + rounds + " of " + time);
            driver.run(seeds.nextLong(), () -> observer.glanceWhile(() -> nemesis.run(seeds.nextLong(), time)));
            last = System.nanoTime() - start + pace.round().toNanos() / 2
                    > pace.span().toNanos();
            settleAndCheck(last);
        } while (!last);
    }

    private void settleAndCheck(boolean last) {
        history.note("healed");
        stack.start();
        observer.glanceWhile(() -> driver.resolve(pace.settled()));
        List<String> left = observer.awaitSettled(pace.settled());
        history.note(left.isEmpty() ? "settled" : "not settled: " + left);
        Snapshot snapshot = observer.snapshot(last);
        history.note(snapshot.resources().toString());
        List<Violation> violations = Checker.check(history.all(), history.sightings(), snapshot, operations.limit());
        System.out.println("storm: " + summary());
        if (!violations.isEmpty() || !left.isEmpty()) {
            throw new AssertionError("storm of seed " + seed + ", round " + rounds + ":\n"
                    + Stream.concat(violations.stream(), left.stream().map("not settled: "::concat))
                            .map(Object::toString)
                            .collect(Collectors.joining("\n")));
        }
    }

    /** What was done and heard up to now. */
    String summary() {
        return rounds + " rounds, " + history.all().size() + " operations (" + history.count(Outcome.OK) + " ok, "
                + history.count(Outcome.FAIL) + " fail, " + history.count(Outcome.UNKNOWN) + " unknown), "
                + nemesis.count("kill") + " kills, " + nemesis.count("terminate") + " terminations, "
                + nemesis.count("freeze") + " freezes, "
                + (nemesis.counts().values().stream().mapToInt(n -> n).sum()
                        - nemesis.count("kill")
                        - nemesis.count("terminate")
                        - nemesis.count("freeze"))
                + " network faults";
    }

    Nemesis nemesis() {
        return nemesis;
    }

    History history() {
        return history;
    }

    @Override
    public void close() {
        try {
            history.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
