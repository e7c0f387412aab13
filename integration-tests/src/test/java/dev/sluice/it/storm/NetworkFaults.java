package dev.sluice.it.storm;

import dev.sluice.it.net.CallbackReceiver.Mood;
import dev.sluice.it.net.FaultProxy;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Faults of the connections that gateway and worker have with store and metadata service, and of the receiver of callbacks.
 *
 * @param longest the longest that a fault lasts
 */
record NetworkFaults(Stack stack, Duration longest) {
    private static final List<Mode> MODES = List.of(
            Mode.CUT,
            Mode.BLACK_HOLE,
            Mode.HOLD_ANSWERS,
            Mode.HOLD_FINAL_ANSWERS,
            Mode.LOSE_ANSWERS,
            Mode.PASS_WITHOUT_ENDS);
    private static final List<Mood> MOODS = List.of(Mood.DOWN, Mood.FAILING, Mood.HANGING);

    private record Line(String name, FaultProxy proxy) {}

    Fault next(SplittableRandom random) {
        Duration time = Duration.ofMillis(100 + random.nextLong(longest.toMillis() - 100));
        Mode mode = MODES.get(random.nextInt(MODES.size()));
        Mood mood = MOODS.get(random.nextInt(MOODS.size()));
        Line line = line(random.nextInt(100));
        int percent = random.nextInt(100);
        if (percent < 22) {
            return new Fault("cut once between " + line.name(), line.proxy()::cutAll);
        }
        return percent < 86 ? broken(line, mode, time) : callbacks(mood, time);
    }

    /** One of each sort. */
    List<Fault> each() {
        Duration time = longest.dividedBy(3);
        Stream<Fault> broken = lines().stream().flatMap(line -> MODES.stream().map(mode -> broken(line, mode, time)));
        return Stream.concat(broken, MOODS.stream().map(mood -> callbacks(mood, time)))
                .toList();
    }

    private List<Line> lines() {
        return List.of(
                new Line("gateway and store", stack.toStore()),
                new Line("gateway and metadata service", stack.toMetadata()),
                new Line("worker and store", stack.ofWorker().toStore()),
                new Line("worker and metadata service", stack.ofWorker().toMetadata()));
    }

    private Line line(int percent) {
        if (percent < 45) {
            return lines().get(0);
        }
        if (percent < 70) {
            return lines().get(1);
        }
        return lines().get(percent < 83 ? 2 : 3);
    }

    private static Fault broken(Line line, Mode mode, Duration time) {
        String what = mode.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Fault(what + " between " + line.name(), () -> {
            line.proxy().mode(mode);
            try {
                Await.pass(time);
            } finally {
                line.proxy().mode(Mode.PASS);
                // else a server would keep the connections of those who left for as long as it lets them idle
                line.proxy().passEnds();
            }
        });
    }

    private Fault callbacks(Mood mood, Duration time) {
        return new Fault("callbacks " + mood.name().toLowerCase(Locale.ROOT), () -> {
            stack.receiver().mood(mood);
            try {
                Await.pass(time);
            } finally {
                stack.receiver().mood(Mood.WELL);
            }
        });
    }
}
