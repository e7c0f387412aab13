package dev.sluice.worker.process;

import dev.sluice.worker.lease.JobHandler;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.Outcome;
import dev.sluice.worker.lease.Outcome.Failure;
import dev.sluice.worker.lease.Run;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Works built-in jobs in child JVMs, which get a link to the object and no credentials. Thread-safe. */
public final class BuiltInHandler implements JobHandler {
    private static final Duration GRACE_AFTER_TERM = Duration.ofSeconds(1);

    private final ChildPool pool;
    private final BuiltInSpec spec;
    private final ObjectLinks links;

    public BuiltInHandler(ChildPool pool, BuiltInSpec spec, ObjectLinks links) {
        this.pool = pool;
        this.spec = spec;
        this.links = links;
    }

    @Override
    public Outcome work(Lease lease) throws InterruptedException {
        JsonObject job = Json.createObjectBuilder()
                .add("kind", lease.kind())
                .add("url", links.readLink(lease.payload()))
                .add("payload", lease.payload())
                .build();
        ChildJvm child;
        try {
            child = pool.take();
        } catch (NoChildException e) {
            return new Outcome.Failed(Failure.FAILED, true, String.valueOf(e.getMessage()), Optional.empty());
        }
        boolean reusable = false;
        try {
            Outcome outcome = work(child, job);
            reusable = true;
            return outcome;
        } finally {
            if (reusable) {
                pool.giveBack(child);
            } else {
                pool.discard(child);
            }
        }
    }

    private Outcome work(ChildJvm child, JsonObject job) throws InterruptedException {
        Meter meter = new Meter(child);
        return switch (child.work(job, spec.soft())) {
            case ChildJvm.Answer.Worked worked -> outcome(worked.json(), meter);
            case ChildJvm.Answer.Died died -> {
                child.group().ended(GRACE_AFTER_TERM);
                child.close();
                child.group().process().waitFor();
                int exit = child.group().process().exitValue();
                String error = "child JVM ended with exit code " + exit;
                yield new Outcome.Failed(Failure.CRASHED, true, error, Optional.of(meter.run(OptionalInt.of(exit))));
            }
            case ChildJvm.Answer.TooSlow slow -> {
                Run run = meter.run(OptionalInt.empty());
                child.group().terminate();
                child.group().ended(spec.hard().minus(spec.soft()));
                child.close();
                child.group().process().waitFor();
                yield new Outcome.Failed(Failure.TIMED_OUT, true, "ran longer than " + spec.soft(), Optional.of(run));
            }
        };
    }

    private static Outcome outcome(JsonObject answer, Meter meter) {
        if (answer.getBoolean("ok", false)) {
            return new Outcome.Completed(answer.getJsonObject("result"), Optional.of(meter.run(OptionalInt.of(0))));
        }
        return new Outcome.Failed(
                Failure.FAILED,
                answer.getBoolean("retryable", true),
                answer.getString("error", "no reason given"),
                Optional.of(meter.run(OptionalInt.of(1))));
    }

    /** What one job costs its child: the growth of its processor time, and its peak memory. */
    private static final class Meter {
        private final ChildJvm child;
        private final long begin = System.nanoTime();
        private final Duration cpuBefore;

        Meter(ChildJvm child) {
            this.child = child;
            this.cpuBefore = cpu();
        }

        private Duration cpu() {
            return ProcStat.of(child.group().pid()).map(ProcStat::cpu).orElse(Duration.ZERO);
        }

        Run run(OptionalInt exitCode) {
            Duration cpu = cpu();
            return new Run(
                    exitCode,
                    cpu.isZero()
                            ? OptionalLong.empty()
                            : OptionalLong.of(cpu.minus(cpuBefore).toMillis()),
                    ProcStat.peakBytes(child.group().pid()),
                    Duration.ofNanos(System.nanoTime() - begin),
                    OutputTail.forReport(child.stderr()));
        }
    }
}
