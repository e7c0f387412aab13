package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs are done once to effect, whatever becomes of the worker and of the commands that it runs. */
class WorkerTest {
    private static final Stack STACK = new Stack(
            "worker",
            Executions.in(Options.plain().withProxies().patient())
                    .command("pause", "/bin/sh", "-c", "echo started >> @folder@/pauses; sleep 2")
                    .command("fail", "/bin/sh", "-c", "echo it does not work >&2; exit 3")
                    .command("hang", "/bin/sh", "-c", "trap '' TERM; sleep 60 & wait; sleep 60")
                    .command("greedy", "/bin/sh", "-c", "dd if=/dev/zero of=/dev/null bs=512M count=1")
                    .command(
                            "orphan",
                            "/bin/sh",
                            "-c",
                            "[ -e @folder@/no-more-orphans ] || { echo $$ >> @folder@/orphans; exec sleep 600; }")
                    .command("crash", "/bin/sh", "-c", "kill -9 $$")
                    .gateway("gateway.stall=PT60S")
                    .metadata("metadata.jobs.max-crashes=30", "metadata.jobs.max-failures=2")
                    .worker(
                            "worker.commands.hang.soft=PT0.3S",
                            "worker.commands.hang.hard=PT0.8S",
                            "worker.commands.greedy.memory-bytes=134217728"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void heal() {
        STACK.toStore().mode(Mode.PASS);
        STACK.start();
    }

    @Test
    void runsACommandOncePerUpload() {
        Ledger ledger = new Ledger(STACK);
        List<Sending> sendings =
                IntStream.range(0, 20).mapToObj(i -> counted("once", i)).toList();

        ledger.sendAll(sendings, () -> {});

        ledger.check();
        assertThat(new Executions(STACK).jobs("once")).hasSize(20).allSatisfy(job -> assertThat(
                        new Executions(STACK).byUpload().get(job.getString("upload_id")))
                .isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"job-started", "job-done"})
    void aJobIsDoneByTheNextWorkerWhenTheFirstDiesAt(String moment) {
        Ledger ledger = new Ledger(STACK);

        ledger.keepSending(
                1, number -> counted(moment, number), () -> STACK.worker().dieAtEach(deaths(moment)));

        ledger.check();
        List<JsonObject> jobs = new Executions(STACK).jobs(moment);
        assertThat(jobs).allSatisfy(job -> assertThat(job.getInt("failures")).isZero());
        new Executions(STACK).check(moment);
        assertThat(rows(moment).stream()
                        .flatMap(row -> row.getJsonArray("jobs").getValuesAs(JsonObject.class).stream())
                        .mapToInt(job ->
                                Api.of(STACK).job(job.getString("job_id")).getInt("crashes"))
                        .sum())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"check-started", "check-done"})
    void aCheckFindsTheObjectWhenTheFirstWorkerDiesAt(String moment) {
        Ledger ledger = new Ledger(STACK);
        STACK.toStore().mode(Mode.LOSE_ANSWERS);

        ledger.keepSending(
                2,
                number -> Sending.of("found-" + moment + "-" + number, new Payload(number, 1000)),
                () -> STACK.worker().dieAtEach(deaths(moment)));
        STACK.toStore().mode(Mode.PASS);

        ledger.check();
        assertThat(rows("found-" + moment))
                .hasSizeGreaterThanOrEqualTo(Seeds.count())
                .allSatisfy(row -> assertThat(row.getString("state")).isEqualTo("completed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"check-started", "check-done"})
    void aCheckMissesTheObjectWhenTheFirstWorkerDiesAt(String moment) throws IOException {
        Ledger ledger = new Ledger(STACK);
        int count = 3 * Seeds.count();
        List<RawUpload> uploads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Sending sending = Sending.of("missed-" + moment + "-" + i, new Payload(i, 2000));
            ledger.expect(sending);
            uploads.add(sending.open(STACK));
            uploads.getLast().send(sending.payload().bytes(), 0, 1000);
        }
        Await.until(
                "all are known", Times.SETTLED, () -> rows("missed-" + moment).size() == count);

        STACK.gateway().kill9();
        STACK.gateway().start();
        STACK.worker().dieAtEach(deaths(moment));

        for (RawUpload upload : uploads) {
            upload.close();
        }
        ledger.check();
        assertThat(rows("missed-" + moment)).hasSize(count).allSatisfy(row -> assertThat(row.getString("state"))
                .isEqualTo("expired"));
    }

    @Test
    void aDeadWorkerIsSeenAndReported() {
        Await.until("a worker lives", Times.SETTLED, () -> !alive().isEmpty());
        String boot = alive().getLast();

        STACK.worker().kill9();

        Await.until("the worker is lost", Times.SETTLED, () -> workers().stream()
                .anyMatch(worker -> worker.getString("boot").equals(boot)
                        && worker.getString("state").equals("lost")));
    }

    @Test
    void uploadsAreTakenWhileNoWorkerLivesAndProcessedByTheNext() {
        Ledger ledger = new Ledger(STACK);
        STACK.worker().kill9();

        ledger.sendAll(
                IntStream.range(0, 20).mapToObj(i -> counted("unattended", i)).toList(), () -> {});

        assertThat(ledger.statuses()).isSubsetOf(201, 202);
        new Rows(STACK, "unattended").await(20, "completed");
        assertThat(new Executions(STACK).byUpload())
                .doesNotContainKeys(new Rows(STACK, "unattended").ids().toArray(String[]::new));
        STACK.worker().start();
        ledger.check();
        new Executions(STACK).check("unattended");
    }

    @Test
    void whatADeadWorkerLeavesRunningEndsAtItsNextStart() throws IOException {
        STACK.worker().stop();
        STACK.worker().start("worker.processes=" + Seeds.count());
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < Seeds.count(); i++) {
            ids.add(typed("left-running-" + i, "orphan"));
        }
        Await.until("all run", Times.SETTLED, () -> lines("orphans").size() == ids.size());
        Files.createFile(STACK.folder().resolve("no-more-orphans"));

        STACK.worker().kill9();
        STACK.worker().start();

        for (String pid : lines("orphans")) {
            Await.until("ended: " + pid, Times.SETTLED, () -> !runs(pid));
        }
        for (String id : ids) {
            Api.of(STACK).awaitSettled(id);
            JsonObject job = job(id, "orphan");
            assertThat(job.getString("state")).as("%s", job).isEqualTo("succeeded");
            assertThat(job.getInt("crashes")).as("%s", job).isEqualTo(1);
            assertThat(job.getInt("failures")).isZero();
        }
    }

    @Test
    void finishesItsJobsBeforeItStops() throws IOException {
        String id = typed("finishes", "pause");
        Await.until("the command runs", Times.SETTLED, () -> lines("pauses").size() == 1);

        STACK.worker().stop();

        JsonObject job = job(id, "pause");
        assertThat(job.getString("state")).as("%s", job).isEqualTo("succeeded");
        assertThat(job.getJsonArray("attempts")).hasSize(1);
        Files.delete(STACK.folder().resolve("pauses"));
    }

    @Test
    void givesAJobBackWithoutBurningAnAttemptWhenItMayNotWait() throws IOException {
        STACK.worker().stop();
        STACK.worker().start("worker.drain=PT0.1S");
        String id = typed("given-back", "pause");
        Await.until("the command runs", Times.SETTLED, () -> lines("pauses").size() == 1);

        STACK.worker().stop();
        STACK.worker().start();

        Await.until("done by the next", Times.SETTLED, () -> job(id, "pause")
                .getString("state")
                .equals("succeeded"));
        JsonObject job = job(id, "pause");
        assertThat(job.getInt("failures")).isZero();
        assertThat(job.getInt("crashes")).isZero();
        Files.delete(STACK.folder().resolve("pauses"));
    }

    @ParameterizedTest
    @CsvSource({"fail, failed, dead", "hang, timed-out, dead", "greedy, failed, dead", "crash, crashed, quarantined"})
    void writesDownHowACommandEnds(String kind, String outcome, String state) throws IOException {
        String id = typed("ends", kind);

        JsonObject upload = Api.of(STACK).awaitSettled(id);

        JsonObject job = job(id, kind);
        assertThat(job.getString("state")).as("%s", job).isEqualTo(state);
        assertThat(job.getJsonArray("attempts").getValuesAs(JsonObject.class))
                .isNotEmpty()
                .allSatisfy(attempt -> assertThat(attempt.getString("outcome")).isEqualTo(outcome));
        if (kind.equals("greedy")) {
            assertThat(job.getJsonArray("attempts").getJsonObject(0).getString("output_tail"))
                    .contains("memory exhausted");
        }
        if (kind.equals("fail")) {
            JsonObject attempt = job.getJsonArray("attempts").getJsonObject(0);
            assertThat(attempt.getInt("exit_code")).isEqualTo(3);
            assertThat(attempt.getString("output_tail")).contains("it does not work");
            assertThat(job.getJsonArray("attempts")).hasSize(2);
        }
        assertThat(upload.getString("processing")).isEqualTo("failed");
        assertThat(STACK.receiver().received().stream()
                        .filter(one ->
                                one.type().equals("job.dead") && one.uploadId().equals(id)))
                .isNotEmpty();
    }

    private static Sending counted(String name, int number) {
        return Sending.of(name + "-" + number, new Payload(number, 1000)).with("Content-Type", Executions.TYPE);
    }

    private static List<String> deaths(String moment) {
        return Seeds.all()
                .mapToObj(seed -> moment + ":" + (1 + new SplittableRandom(seed).nextInt(3)))
                .toList();
    }

    private static String typed(String name, String kind) throws IOException {
        return Sending.of(name + "-" + kind, new Payload(1, 100))
                .with("Content-Type", "application/x-" + kind)
                .send(STACK)
                .uploadId()
                .orElseThrow();
    }

    private static JsonObject job(String uploadId, String kind) {
        return Api.of(STACK).upload(uploadId).getJsonArray("jobs").getValuesAs(JsonObject.class).stream()
                .filter(job -> job.getString("kind").equals(kind))
                .map(job -> Api.of(STACK).job(job.getString("job_id")))
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonObject> rows(String prefix) {
        return Api.of(STACK).uploads().stream()
                .filter(row -> row.getString("filename").startsWith(prefix))
                .map(row -> Api.of(STACK).upload(row.getString("upload_id")))
                .toList();
    }

    private static List<String> alive() {
        return workers().stream()
                .filter(worker -> worker.getString("state").equals("alive"))
                .map(worker -> worker.getString("boot"))
                .toList();
    }

    private static List<JsonObject> workers() {
        return Http.get(
                        STACK.internalUrl() + "/internal/workers",
                        Map.of("Authorization", "Bearer " + STACK.workerToken()))
                .json()
                .getJsonArray("workers")
                .getValuesAs(JsonObject.class);
    }

    /** A process that has ended and that nobody has buried yet has no command line. */
    private static boolean runs(String pid) throws IOException {
        Path commandLine = Path.of("/proc", pid, "cmdline");
        return Files.exists(commandLine) && Files.readString(commandLine).contains("sleep");
    }

    private static List<String> lines(String name) throws IOException {
        Path file = STACK.folder().resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
