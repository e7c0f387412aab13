package dev.sluice.worker.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Starts children in sessions of their own that the kernel kills when this process dies. The kernel's signal fires when the
 * <em>thread</em> that started the child ends, so one platform thread starts them all and lives as long as the process. Thread-safe.
 */
public final class Spawner {
    private final Tools tools;
    private final GroupRecords records;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("spawner").factory());

    public Spawner(Tools tools, GroupRecords records) {
        this.tools = tools;
        this.records = records;
    }

    /** What to start: the environment is complete, nothing is inherited. */
    record Command(List<String> argv, Map<String, String> environment, Path folder, ProcessBuilder.Redirect input) {}

    ProcessGroup start(Command command) throws InterruptedException {
        Future<ProcessGroup> group = thread.submit(() -> spawn(command));
        try {
            return group.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw new UncheckedIOException(io);
            }
            throw new IllegalStateException("child not started", e.getCause());
        } catch (InterruptedException e) {
            closeStarted(group);
            throw e;
        }
    }

    Tools tools() {
        return tools;
    }

    private ProcessGroup spawn(Command command) throws IOException {
        String mark = UUID.randomUUID().toString();
        List<String> argv = new ArrayList<>(
                List.of(tools.setsid().toString(), tools.setpriv().toString(), "--pdeathsig", "KILL", "--"));
        argv.addAll(command.argv());
        ProcessBuilder builder =
                new ProcessBuilder(argv).directory(command.folder().toFile()).redirectInput(command.input());
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        builder.environment().put(GroupRecords.markName(), mark);
        Process process = begin(builder, mark);
        // setsid(1) does not fork here, so the child's pid is its group's number
        records.started(mark, process.pid());
        return new ProcessGroup(process, mark, records);
    }

    private Process begin(ProcessBuilder builder, String mark) throws IOException {
        records.expect(mark);
        try {
            return builder.start();
        } catch (IOException e) {
            records.remove(mark);
            throw e;
        }
    }

    /** A start takes milliseconds and is waited for: who is interrupted here may soon say that no child is left. */
    private static void closeStarted(Future<ProcessGroup> starting) {
        boolean interrupted = false;
        while (!starting.isDone()) {
            try {
                starting.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                break;
            }
        }
        if (starting.state() == Future.State.SUCCESS) {
            starting.resultNow().close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
