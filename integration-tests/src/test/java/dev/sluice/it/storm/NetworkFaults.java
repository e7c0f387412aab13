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

/**
 * Faults of connections between gateway and store, and between gateway and metadata service, and of the receiver of callbacks.
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

    Fault next(SplittableRandom random) {
        Duration time = Duration.ofMillis(100 + random.nextLong(longest.toMillis() - 100));
        Mode mode = MODES.get(random.nextInt(MODES.size()));
        Mood mood = MOODS.get(random.nextInt(MOODS.size()));
        int percent = random.nextInt(100);
        if (percent < 25) {
            return new Fault("cut open connections to store", stack.toStore()::cutAll);
        }
        if (percent < 60) {
            return proxied("store", stack.toStore(), mode, time);
        }
        if (percent < 85) {
            return proxied("metadata-service", stack.toMetadata(), mode, time);
        }
        return new Fault("callbacks " + mood.name().toLowerCase(Locale.ROOT), () -> receive(mood, time));
    }

    private static Fault proxied(String name, FaultProxy proxy, Mode mode, Duration time) {
        String what = mode.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Fault(what + " to " + name, () -> {
            proxy.mode(mode);
            try {
                Await.pass(time);
            } finally {
                proxy.mode(Mode.PASS);
            }
        });
    }

    private void receive(Mood mood, Duration time) {
        stack.receiver().mood(mood);
        try {
            Await.pass(time);
        } finally {
            stack.receiver().mood(Mood.WELL);
        }
    }
}
