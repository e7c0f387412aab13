package dev.sluice.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.Examples;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.Outcome;
import dev.sluice.worker.lease.Outcome.Failure;
import dev.sluice.worker.lease.Run;
import jakarta.json.JsonObject;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandHandlerTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final long GIBIBYTE = 1L << 30;
    private static final Lease LEASE = new Lease(
            "job-1",
            "job-1.3",
            "thumbnail",
            3,
            Duration.ofSeconds(30),
            Examples.read("lease-answer.json")
                    .getJsonArray("leases")
                    .getJsonObject(0)
                    .getJsonObject("payload"));
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", System.getenv("PATH"), "HOME", "/home/me", "SECRET", "hidden", "SHOWN", "yes");

    @TempDir
    Path state;

    private GroupRecords records;
    private Spawner spawner;

    @BeforeEach
    void start() {
        Tools tools = Tools.find(System.getenv("PATH"));
        records = new GroupRecords(state, tools);
        spawner = new Spawner(tools, records);
    }

    @Test
    void givesTheJobOnStdinAndTakesTheLastJsonLineAsResult() throws InterruptedException {
        Outcome.Completed completed = completed(script("read line; echo start; echo \"$line\"; echo done"));

        JsonObject input = completed.result();
        assertThat(input.getString("job_id")).isEqualTo("job-1");
        assertThat(input.getInt("attempt")).isEqualTo(3);
        assertThat(input.getString("kind")).isEqualTo("thumbnail");
        assertThat(input.getString("url")).isEqualTo("http://store/link");
        assertThat(input.getJsonObject("upload")).isEqualTo(LEASE.payload());
        Run run = completed.run().orElseThrow();
        assertThat(run.exitCode()).hasValue(0);
        assertThat(run.cpuMillis()).isPresent();
        assertThat(run.maxRssBytes().orElseThrow()).isPositive();
    }

    @Test
    void completesWithAnEmptyResultWhenNothingWasSaid() throws InterruptedException {
        assertThat(completed(script("true")).result()).isEmpty();
    }

    @Test
    void refusesAResultThatIsNestedTooDeeply() throws InterruptedException {
        Outcome.Failed failed = failed(spec(List.of("echo", nested(33))));

        assertThat(failed.error()).isEqualTo("result refused: nested deeper than 32");
        assertThat(failed.retryable()).isFalse();
        assertThat(completed(spec(List.of("echo", nested(32)))).result()).containsKey("a");
    }

    @Test
    void asksForAnotherTryAfterExitCode75() throws InterruptedException {
        Outcome.Failed failed = failed(script("exit 75"));

        assertThat(failed.failure()).isEqualTo(Failure.FAILED);
        assertThat(failed.retryable()).isTrue();
        assertThat(failed.run().orElseThrow().exitCode()).hasValue(75);
    }

    @Test
    void failsAfterAnyOtherExitCodeAndKeepsTheOutput() throws InterruptedException {
        Outcome.Failed failed = failed(script("echo out; echo trouble >&2; exit 1"));

        assertThat(failed.failure()).isEqualTo(Failure.FAILED);
        assertThat(failed.error()).isEqualTo("exit code 1");
        assertThat(failed.run().orElseThrow().outputTail()).isEqualTo("out\ntrouble\n");
    }

    @Test
    void countsDeathByASignalAsACrash() throws InterruptedException {
        assertThat(failed(script("kill -SEGV $$")).failure()).isEqualTo(Failure.CRASHED);
    }

    @Test
    void doesNotTakeAnExitCodeAbove128ForASignal() throws InterruptedException {
        assertThat(failed(script("exit 137")).failure()).isEqualTo(Failure.FAILED);
    }

    @Test
    void limitsMemory() throws InterruptedException {
        CommandSpec spec = new CommandSpec(
                List.of("/bin/sh", "-c", "dd if=/dev/zero of=/dev/null bs=$1 count=1", "dd", "128M"),
                LONG,
                LONG,
                64L << 20,
                List.of());

        Outcome.Failed failed = (Outcome.Failed) work(spec);

        assertThat(failed.error()).isEqualTo("exit code 1");
        assertThat(failed.run().orElseThrow().outputTail()).contains("memory exhausted");
        assertThat(failed.run().orElseThrow().maxRssBytes().orElseThrow()).isLessThan(64L << 20);
    }

    @Test
    void terminatesAtTheSoftLimit() throws InterruptedException {
        Outcome.Failed failed = (Outcome.Failed) work(new CommandSpec(
                List.of("/bin/sh", "-c", "trap 'echo bye; exit 0' TERM; while true; do sleep 0.05; done"),
                Duration.ofSeconds(3),
                LONG,
                GIBIBYTE,
                List.of()));

        assertThat(failed.failure()).isEqualTo(Failure.TIMED_OUT);
        assertThat(failed.run().orElseThrow().outputTail()).contains("bye");
    }

    @Test
    void killsTheWholeGroupAtTheHardLimit() throws Exception {
        Pipe family = new Pipe(state.resolve("family"));
        String stubborn =
                "exec 9> " + family + "; trap '' TERM; (trap '' TERM; exec sleep 1000) & while true; do sleep 1; done";

        Outcome.Failed failed = (Outcome.Failed) work(new CommandSpec(
                List.of("/bin/sh", "-c", stubborn), Duration.ofSeconds(2), Duration.ofSeconds(3), GIBIBYTE, List.of()));

        assertThat(failed.failure()).isEqualTo(Failure.TIMED_OUT);
        family.ended();
    }

    @Test
    void leavesNoGrandchildAfterAnOrdinaryEnd() throws Exception {
        Pipe family = new Pipe(state.resolve("family"));

        completed(script("exec 9> " + family + "; sleep 1000 &"));

        family.ended();
    }

    @Test
    void leavesNoGrandchildThatMadeASessionOfItsOwn() throws Exception {
        Pipe family = new Pipe(state.resolve("family"));

        completed(script("exec 9> " + family + "; mkfifo started;"
                + " setsid sh -c 'echo yes > started; exec sleep 1000' & read answer < started"));

        family.ended();
    }

    @Test
    void keepsOnlyTheEndOfHugeOutput() throws InterruptedException {
        Outcome.Completed completed =
                completed(script("head -c 50000000 /dev/zero | tr '\\0' x; echo; echo '{\"a\":1}'; echo end >&2"));

        String tail = completed.run().orElseThrow().outputTail();
        assertThat(tail).hasSizeLessThanOrEqualTo(32 * 1024).endsWith("end\n");
        assertThat(completed.result().getInt("a")).isEqualTo(1);
    }

    @Test
    void keepsSixteenKibibytesOfEachStreamWhateverTheCharacters() throws InterruptedException {
        Outcome.Completed completed =
                completed(script("yes 'äöü€' | head -n 20000; yes 'ß' | head -n 20000 >&2; echo '{\"a\":1}'"));

        String tail = completed.run().orElseThrow().outputTail();
        assertThat(tail.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(32 * 1024 - 10, 32 * 1024);
        assertThat(tail).doesNotContain("\uFFFD").endsWith("ß\n");
    }

    @Test
    void neverUsesAShell() throws InterruptedException {
        CommandSpec spec = spec(List.of("echo", "$HOME", ";", "exit 3", "`id`"));

        Outcome.Completed completed = (Outcome.Completed) work(spec);

        assertThat(completed.run().orElseThrow().outputTail()).isEqualTo("$HOME ; exit 3 `id`\n");
    }

    @Test
    void passesOnlyAllowedVariables() throws InterruptedException {
        CommandSpec spec = new CommandSpec(List.of("env"), LONG, LONG, GIBIBYTE, List.of("SHOWN"));

        String tail = ((Outcome.Completed) work(spec)).run().orElseThrow().outputTail();

        assertThat(tail).contains("SHOWN=yes\n", "HOME=/home/me\n", "PATH=").doesNotContain("hidden");
    }

    @Test
    void worksInAFreshFolderThatIsGoneAfterwards() throws Exception {
        Outcome.Completed completed = completed(script("ls -A | wc -l; pwd; mkdir -p a/b; echo x > a/b/c"));

        List<String> lines = completed.run().orElseThrow().outputTail().lines().toList();
        assertThat(lines.getFirst()).isEqualTo("0");
        assertThat(lines.getLast()).startsWith(state.toRealPath().toString());
        assertThat(Path.of(lines.getLast())).doesNotExist();
        try (Stream<Path> runs = Files.list(state.resolve("runs"))) {
            assertThat(runs).isEmpty();
        }
    }

    @Test
    void anInterruptKillsTheGroup() throws Exception {
        Pipe started = new Pipe(state.resolve("started"));
        Pipe family = new Pipe(state.resolve("family"));
        FutureTask<Outcome> work =
                new FutureTask<>(() -> work(script("exec 9> " + family + "; echo yes > " + started + "; sleep 1000")));
        Thread thread = Thread.ofVirtual().start(work);
        assertThat(started.ended()).isEqualTo("yes\n");

        thread.interrupt();
        thread.join();

        assertThat(work.exceptionNow()).isInstanceOf(InterruptedException.class);
        family.ended();
    }

    @Test
    void namesThePackageOfAMissingTool() {
        assertThatThrownBy(() -> Tools.find("/nowhere", List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("util-linux");
    }

    @Test
    void aChildThatCannotBeStartedLeavesNoRecord() throws Exception {
        Spawner.Command command =
                new Spawner.Command(List.of("true"), Map.of(), state.resolve("missing"), ProcessBuilder.Redirect.PIPE);

        assertThatThrownBy(() -> spawner.start(command)).isInstanceOf(UncheckedIOException.class);

        try (Stream<Path> groups = Files.list(state.resolve("groups"))) {
            assertThat(groups).isEmpty();
        }
    }

    @Test
    void aSecondLifeKillsWhatAKilledWorkerLeft() throws Exception {
        Pipe pid = new Pipe(state.resolve("pid"));
        Pipe command = new Pipe(state.resolve("command"));
        Pipe grandchildAlone = new Pipe(state.resolve("grandchild"));
        String script = "exec 9> " + command + "; sh -c 'exec 9> " + grandchildAlone + "; echo $$ > " + pid
                + "; exec sleep 1000' & wait";
        Process doomed = DoomedParent.start(state, script);
        long grandchild;
        try {
            grandchild = pid.pid();
        } finally {
            doomed.destroyForcibly().waitFor();
        }

        command.ended();
        assertThat(ProcStat.of(grandchild))
                .as("the signal reaches only direct children")
                .isPresent();
        assertThat(records.killLeftovers()).isEqualTo(1);
        grandchildAlone.ended();
    }

    @Test
    void aRecordOfAnotherProcessWithThatNumberKillsNothing() throws Exception {
        Process bystander = new ProcessBuilder("setsid", "sleep", "1000").start();
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            Path record = state.resolve("groups").resolve("some-mark");
            Files.writeString(record, boot + " " + bystander.pid() + " 1\n");

            assertThat(records.killLeftovers()).isZero();

            assertThat(bystander.isAlive()).isTrue();
            assertThat(record).doesNotExist();
        } finally {
            bystander.destroyForcibly().waitFor();
        }
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }

    private Outcome.Completed completed(CommandSpec spec) throws InterruptedException {
        return (Outcome.Completed) work(spec);
    }

    private Outcome.Failed failed(CommandSpec spec) throws InterruptedException {
        return (Outcome.Failed) work(spec);
    }

    private Outcome work(CommandSpec spec) throws InterruptedException {
        return new CommandHandler(spec, spawner, payload -> "http://store/link", state, ENVIRONMENT).work(LEASE);
    }

    private static CommandSpec script(String text) {
        return spec(List.of("/bin/sh", "-c", text));
    }

    private static CommandSpec spec(List<String> argv) {
        return new CommandSpec(argv, LONG, LONG, GIBIBYTE, List.of());
    }
}
