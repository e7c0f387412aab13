package dev.sluice.it.storm;

import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Faults of processes: kill -9 at any moment or at a halt point, SIGTERM, SIGSTOP and SIGCONT, and a power cut of all at once.
 *
 * @param longest the longest that a fault lasts, not counting starts
 */
record ProcessFaults(Stack stack, Duration longest) {
    private static final Map<String, List<String>> HALT_POINTS = Map.of(
            "gateway",
            List.of("intent-sent", "body", "end-held", "end-sent", "stored", "announced"),
            "metadata-service",
            List.of(
                    "intent-before-commit",
                    "intent-after-commit",
                    "completion-before-commit",
                    "completion-after-commit",
                    "webhook-before-commit",
                    "webhook-after-commit",
                    "check-before-commit",
                    "check-after-commit",
                    "job-complete-before-commit",
                    "job-complete-after-commit",
                    "delivery-sent"),
            "worker",
            List.of("check-started", "check-done", "job-started", "job-done"));

    Fault next(SplittableRandom random) {
        mustLive();
        List<Part> parts = stack.processes();
        Part part = parts.get(random.nextInt(parts.size()));
        Duration time = Duration.ofMillis(100 + random.nextLong(longest.toMillis() - 100));
        int percent = random.nextInt(100);
        String moment = moment(part, random);
        if (percent < 35) {
            return new Fault("kill " + part.name(), () -> kill(part, time.dividedBy(2)));
        }
        if (percent < 65) {
            return new Fault("freeze " + part.name(), () -> freeze(part, time));
        }
        if (percent < 73) {
            return new Fault("terminate " + part.name(), () -> terminate(part));
        }
        if (percent < 80) {
            return new Fault("kill everything", () -> killAll(parts));
        }
        return moment.isEmpty()
                ? new Fault("kill " + part.name(), () -> kill(part, Duration.ZERO))
                : new Fault("kill " + part.name() + " at " + moment, () -> killAt(part, moment, time));
    }

    /** One of each sort. */
    List<Fault> each() {
        Duration time = longest.dividedBy(3);
        return stack.processes().stream()
                .flatMap(part -> Stream.of(
                        new Fault("kill " + part.name(), () -> kill(part, time)),
                        new Fault("freeze " + part.name(), () -> freeze(part, time)),
                        new Fault("terminate " + part.name(), () -> terminate(part))))
                .toList();
    }

    private static String moment(Part part, SplittableRandom random) {
        List<String> moments = HALT_POINTS.getOrDefault(part.name(), List.of());
        int count = 1 + random.nextInt(3);
        int choice = random.nextInt(100);
        return Optional.of(moments)
                .filter(some -> !some.isEmpty())
                .map(some -> some.get(choice % some.size()) + ":" + count)
                .orElse("");
    }

    /** Nobody else kills: what is not there has ended by itself. */
    void mustLive() {
        List<String> dead = stack.processes().stream()
                .filter(part -> !part.alive())
                .map(Part::name)
                .toList();
        if (!dead.isEmpty()) {
            throw new AssertionError("ended by themselves: " + dead);
        }
    }

    private static void kill(Part part, Duration away) {
        part.kill9();
        Await.pass(away);
        part.start();
    }

    private static void freeze(Part part, Duration time) {
        part.freeze();
        try {
            Await.pass(time);
        } finally {
            part.thaw();
        }
    }

    private static void terminate(Part part) {
        part.stop();
        part.start();
    }

    private void killAll(List<Part> parts) {
        parts.forEach(Part::kill9);
        stack.start();
    }

    /** What never comes to its moment is killed where it is. */
    private static void killAt(Part part, String moment, Duration time) {
        part.kill9();
        part.startToHalt(moment);
        long end = System.nanoTime() + time.toNanos();
        while (part.alive() && System.nanoTime() < end) {
            Await.pass(Duration.ofMillis(50));
        }
        if (part.alive()) {
            part.kill9();
        }
        part.start();
    }
}
