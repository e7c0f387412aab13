package dev.sluice.worker;

import dev.sluice.worker.lease.Stats;
import dev.sluice.worker.process.ProcStat;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Memory and processor time of this process and all its children. Thread-safe. */
final class SelfStats implements Supplier<Stats> {
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private Stats last = new Stats(0, 0);
    private long takenAt = System.nanoTime() - FRESH_NANOS;

    /** At most a second old: looking at every process costs time. */
    @Override
    public synchronized Stats get() {
        if (System.nanoTime() - takenAt >= FRESH_NANOS) {
            long rss = family().map(ProcStat::residentBytes)
                    .flatMapToLong(bytes -> bytes.isPresent() ? LongStream.of(bytes.getAsLong()) : LongStream.empty())
                    .sum();
            long cpu = family().flatMap(pid -> ProcStat.of(pid).stream())
                    .mapToLong(stat -> stat.cpu().toMillis())
                    .sum();
            last = new Stats(rss, cpu);
            takenAt = System.nanoTime();
        }
        return last;
    }

    private static Stream<Long> family() {
        ProcessHandle self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), self.descendants()).map(ProcessHandle::pid);
    }
}
