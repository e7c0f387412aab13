package dev.sluice.it.storm;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.History.Outcome;
import dev.sluice.it.storm.Operation.Kind;
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
     * @param idle until connections that nobody uses have ended
     */
    record Pace(Duration span, Duration round, Duration fault, Duration settled, Duration idle) {
        /** Whether there is time for everything that a storm can do. */
        boolean isLong() {
            return span.compareTo(Duration.ofMinutes(2)) >= 0;
        }
    }

    /** In one of so many rounds no process dies. */
    private static final int LIVES = 3;

    private static final int OPERATIONS_OF_ONE_LIFE = 300;
    private static final int MOST_HALVES = 6;

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
        driver = new Driver(new EdgeClient(stack), operations, history);
        nemesis = new Nemesis(stack, history, pace.fault());
        observer = new Observer(stack);
    }

    /** Throws what the checker finds, after the first round in which it finds something. */
    void run() {
        long end = System.nanoTime() + pace.span().toNanos();
        warmUp();
        observer.rememberResources();
        SplittableRandom random = new SplittableRandom(seed);
        boolean last;
        do {
            rounds++;
            last = System.nanoTime() + pace.round().toNanos() >= end;
            SplittableRandom seeds = random.split();
            if (pace.isLong() && rounds % LIVES == 2 && !last) {
                roundWithoutDeaths(seeds.nextLong(), seeds.nextLong());
            } else {
                round(seeds.nextLong(), seeds.nextLong(), pace.isLong() && last);
            }
            settleAndCheck(last);
        } while (!last);
    }

    private void warmUp() {
        driver.warmUp();
        List<String> left = observer.awaitSettled(pace.settled());
        if (!left.isEmpty()) {
            throw new AssertionError("not settled in calm weather: " + left);
        }
        Await.pass(pace.idle());
    }

    /** @param whole whether what no round has broken is broken at last */
    private void round(long driverSeed, long nemesisSeed, boolean whole) {
        Duration half = pace.round().dividedBy(2);
        Duration time = half.plusMillis(new SplittableRandom(nemesisSeed).nextLong(half.toMillis() + 1));
        history.note("round " + rounds + " of " + time);
        storm(driverSeed, () -> {
            nemesis.run(nemesisSeed, time);
            if (whole) {
                history.note("what is missing: " + nemesis.missing());
                nemesis.runWhatIsMissing();
            }
        });
    }

    /** Only over many operations of one life a slow leak can be seen. */
    private void roundWithoutDeaths(long driverSeed, long nemesisSeed) {
        warmUp();
        observer.rememberLives();
        history.note("round " + rounds + " without deaths");
        SplittableRandom seeds = new SplittableRandom(nemesisSeed);
        int before = history.all().size();
        storm(driverSeed, () -> {
            for (int i = 0; i < MOST_HALVES && history.all().size() < before + OPERATIONS_OF_ONE_LIFE; i++) {
                nemesis.runWithoutDeaths(seeds.nextLong(), pace.round().dividedBy(2));
            }
        });
    }

    private void storm(long driverSeed, Runnable faults) {
        driver.run(driverSeed, () -> observer.glanceWhile(faults));
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
        return rounds + " rounds, " + history.all().size() + " operations, " + acknowledged()
                + " uploads acknowledged, answers: " + history.count(Outcome.OK) + " ok, "
                + history.count(Outcome.FAIL) + " fail, " + history.count(Outcome.UNKNOWN) + " unknown; "
                + nemesis.counts().entrySet().stream()
                        .map(fault -> fault.getValue() + " " + fault.getKey())
                        .collect(Collectors.joining(", "));
    }

    /** How many uploads were acknowledged through the gateway. */
    long acknowledged() {
        return history.all().stream()
                .filter(told -> told.operation().kind() == Kind.UPLOAD && told.any(Outcome.OK))
                .count();
    }

    /** How often a stranger was told that there is no such upload. */
    long unseen() {
        return history.sightings().stream().filter(seen -> seen.status() == 404).count();
    }

    Nemesis nemesis() {
        return nemesis;
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
