package dev.sluice.worker.process;

import java.time.Duration;

/** A running child with everything it started; {@code close} leaves none of them. Used by one thread at a time. */
final class ProcessGroup implements AutoCloseable {
    private final Process process;
    private final String mark;
    private final GroupRecords records;

    private boolean killed;

    ProcessGroup(Process process, String mark, GroupRecords records) {
        this.process = process;
        this.mark = mark;
        this.records = records;
    }

    Process process() {
        return process;
    }

    long pid() {
        return process.pid();
    }

    /** Returns false when the leader still runs after this time. */
    boolean ended(Duration within) throws InterruptedException {
        return process.waitFor(within);
    }

    void terminate() {
        records.signal("TERM", pid());
    }

    /** Processor time of all members that can be seen now. */
    Duration cpu() {
        return ProcStat.ofGroup(pid()).stream().map(ProcStat::cpu).reduce(Duration.ZERO, Duration::plus);
    }

    /** Only once: the number may be given to another group when this one has ended. */
    void kill() {
        if (killed) {
            return;
        }
        killed = true;
        records.signal("KILL", pid());
        // also reaches a child that has not yet made its session; by its handle, as the process itself would close
        // pipes still to be read
        process.toHandle().destroyForcibly();
        records.killMarked(mark); // and this whatever has left the group
    }

    @Override
    public void close() {
        kill();
        records.remove(mark);
    }
}
