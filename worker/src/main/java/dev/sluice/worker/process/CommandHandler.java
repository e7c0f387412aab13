package dev.sluice.worker.process;

import dev.sluice.worker.lease.JobHandler;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.Outcome;
import dev.sluice.worker.lease.Outcome.Failure;
import dev.sluice.worker.lease.Run;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Runs a configured command for each job: JSON on stdin, {@code {"job_id", "attempt", "kind", "upload", "url"}}; the last line of
 * stdout that is a JSON object is the result; exit code 0 is success, 75 asks for another try, everything else is a failure, death by
 * a signal a crash. Thread-safe.
 */
public final class CommandHandler implements JobHandler {
    private static final int TEMPORARY_FAILURE = 75;
    /** The metadata service takes no more. */
    private static final int MAX_DEPTH = 32;

    private static final Duration PIPE_PATIENCE = Duration.ofSeconds(2);

    private final CommandSpec spec;
    private final Spawner spawner;
    private final ObjectLinks links;
    private final Path state;
    private final Map<String, String> environment;

    /** {@code environment} is the worker's own: only what the command is allowed to see passes on. */
    public CommandHandler(
            CommandSpec spec, Spawner spawner, ObjectLinks links, Path state, Map<String, String> environment) {
        this.spec = spec;
        this.spawner = spawner;
        this.links = links;
        this.state = state;
        this.environment = new TreeMap<>(environment);
        this.environment.keySet().retainAll(spec.passed());
    }

    @Override
    public Outcome work(Lease lease) throws InterruptedException {
        try (WorkFolder folder = WorkFolder.create(state)) {
            folder.writeInput(input(lease).toString());
            return run(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("command not run", e);
        }
    }

    private JsonObject input(Lease lease) {
        return Json.createObjectBuilder()
                .add("job_id", lease.jobId())
                .add("attempt", lease.attempt())
                .add("kind", lease.kind())
                .add("upload", lease.payload())
                .add("url", links.readLink(lease.payload()))
                .build();
    }

    private Outcome run(WorkFolder folder) throws InterruptedException {
        long begin = System.nanoTime();
        Spawner.Command command = new Spawner.Command(
                wrapped(folder),
                environment,
                folder.work(),
                Redirect.from(folder.input().toFile()));
        try (ProcessGroup group = spawner.start(command)) {
            OutputTail stdout = new OutputTail(group.process().getInputStream(), "stdout-" + group.pid());
            OutputTail stderr = new OutputTail(group.process().getErrorStream(), "stderr-" + group.pid());
            boolean inTime = awaitEnd(group);
            Duration cpuSeen = inTime ? Duration.ZERO : group.cpu();
            group.kill(); // ends what the command left behind, so that the pipes end too
            group.process().waitFor();
            String out = stdout.text(PIPE_PATIENCE);
            String tail = OutputTail.forReport(out) + OutputTail.forReport(stderr.text(PIPE_PATIENCE));
            Usage usage = Usage.read(folder.usage(), cpuSeen);
            int exit = group.process().exitValue();
            Run run = new Run(
                    OptionalInt.of(exit),
                    usage.cpuMillis(),
                    usage.maxRssBytes(),
                    Duration.ofNanos(System.nanoTime() - begin),
                    tail);
            return inTime ? outcome(exit, usage, out, run) : timedOut(run);
        }
    }

    /** Returns false when a limit ended it. */
    private boolean awaitEnd(ProcessGroup group) throws InterruptedException {
        if (group.ended(spec.soft())) {
            return true;
        }
        group.terminate();
        group.ended(spec.hard().minus(spec.soft()));
        return false;
    }

    /**
     * {@code time} measures and passes the exit code on. It lives through a TERM of the group, so that it does not take the command with
     * it before its grace is over; the command itself gets TERM's default back.
     */
    private List<String> wrapped(WorkFolder folder) {
        Tools tools = spawner.tools();
        List<String> argv = new ArrayList<>(List.of(
                tools.env().toString(),
                "--ignore-signal=TERM",
                tools.time().toString(),
                "-q",
                "-f",
                Usage.FORMAT,
                "-o",
                folder.usage().toString(),
                "--",
                tools.setpriv().toString(),
                "--pdeathsig",
                "KILL",
                "--",
                tools.env().toString(),
                "--default-signal=TERM",
                tools.prlimit().toString(),
                "--as=" + spec.memoryBytes(),
                "--"));
        argv.addAll(spec.argv());
        return argv;
    }

    private Outcome outcome(int exit, Usage usage, String out, Run run) {
        if (exit == 0) {
            return completed(result(out), run);
        }
        if (usage.endedBySignal(exit)) {
            return new Outcome.Failed(Failure.CRASHED, true, "killed by signal " + (exit - 128), Optional.of(run));
        }
        String error = exit == TEMPORARY_FAILURE ? "asked for another try (exit code 75)" : "exit code " + exit;
        return new Outcome.Failed(Failure.FAILED, true, error, Optional.of(run));
    }

    private static Outcome completed(JsonObject result, Run run) {
        if (deeperThan(MAX_DEPTH, result)) {
            String error = "result refused: nested deeper than " + MAX_DEPTH;
            return new Outcome.Failed(Failure.FAILED, false, error, Optional.of(run));
        }
        return new Outcome.Completed(result, Optional.of(run));
    }

    private static boolean deeperThan(int max, JsonValue value) {
        if (!(value instanceof JsonStructure)) {
            return false;
        }
        Collection<JsonValue> inner = value instanceof JsonObject object ? object.values() : value.asJsonArray();
        return max == 0 || inner.stream().anyMatch(one -> deeperThan(max - 1, one));
    }

    private Outcome timedOut(Run run) {
        String error = "ran longer than " + spec.soft();
        return new Outcome.Failed(Failure.TIMED_OUT, true, error, Optional.of(run));
    }

    private static JsonObject result(String out) {
        List<String> lines = out.lines().filter(line -> line.startsWith("{")).toList();
        for (String line : lines.reversed()) {
            try (JsonReader reader = Json.createReader(new StringReader(line))) {
                return reader.readObject();
            } catch (RuntimeException e) {
                // just output, or nested too deeply: an earlier line may be the result
            }
        }
        return JsonObject.EMPTY_JSON_OBJECT;
    }
}
