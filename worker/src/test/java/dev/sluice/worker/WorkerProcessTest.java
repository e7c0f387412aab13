package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.process.Pipe;
import dev.sluice.worker.store.EmbeddedStore;
import dev.sluice.worker.store.StoreObject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The worker as a process of its own. */
@Timeout(180)
class WorkerProcessTest {
    private static final StoreObject OBJECT = new StoreObject("uploads", "u/an-upload");

    @TempDir
    Path folder;

    private EmbeddedStore store;
    private FakeMetadata metadata;
    private Process worker;
    private Pipe started;

    @BeforeEach
    void start() throws Exception {
        store = new EmbeddedStore(Files.createDirectory(folder.resolve("store")));
        metadata = new FakeMetadata();
        started = new Pipe(folder.resolve("started"));
        worker = startWorker("worker.drain=PT20S");
    }

    @AfterEach
    void stop() throws Exception {
        worker.destroyForcibly().waitFor();
        metadata.close();
        store.stop();
    }

    @Test
    void makesTheBucketChecksAndVerifies() throws Exception {
        metadata.offer("jobs", "first", "sleepy", payload("0"));
        assertThat(metadata.report().verb()).isEqualTo("complete");
        try (var client = store.store()) {
            client.makeBucket(OBJECT.bucket());
        }
        store.put(OBJECT, "hello".getBytes(StandardCharsets.UTF_8), "the-upload");

        metadata.offer("checks", "check-1", "check", payload("0"));
        FakeMetadata.Message check = metadata.report();
        metadata.offer("jobs", "verify-1", "verify", payload("0"));
        FakeMetadata.Message verify = metadata.report();

        assertThat(check.json().getJsonObject("result").getString("outcome")).isEqualTo("there");
        assertThat(verify.json().getJsonObject("result").getInt("size")).isEqualTo(5);
    }

    @Test
    void letsRunningJobsFinishAfterTermAndExitsWithZero() throws Exception {
        metadata.offer("jobs", "slow", "sleepy", payload("3"));
        started.ended();

        worker.destroy();

        assertThat(metadata.report().verb()).isEqualTo("complete");
        assertThat(worker.waitFor(50, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.exitValue()).isZero();
        assertThat(metadata.stopped()).hasSize(1);
    }

    @Test
    void aSecondTermEndsItAtOnceWithItsChildren() throws Exception {
        metadata.offer("jobs", "slow", "sleepy", payload("1000"));
        started.ended();
        List<ProcessHandle> children = worker.descendants().toList();

        worker.destroy();
        worker.destroy();
        while (worker.isAlive() && !worker.waitFor(1, TimeUnit.SECONDS)) {
            worker.destroy(); // two signals may have become one
        }

        assertThat(worker.exitValue()).isEqualTo(143);
        for (ProcessHandle child : children) {
            child.onExit().get(50, TimeUnit.SECONDS);
        }
    }

    /** Its heap is small, and it asks for jobs and for checks at the same time. */
    @Test
    void outlivesLeaseAnswersWithoutEnd() throws Exception {
        metadata.answerWithoutEnd("jobs", "checks");

        metadata.offer("jobs", "job-1", "sleepy", payload("0"));
        metadata.offer("checks", "check-1", "check", payload("0"));

        assertThat(List.of(metadata.report().jobId(), metadata.report().jobId()))
                .containsExactlyInAnyOrder("job-1", "check-1");
        assertThat(Files.readAllLines(folder.resolve("worker.log")))
                .filteredOn(line -> line.contains("lease request failed queue="))
                .hasSize(2)
                .allMatch(line -> line.endsWith("java.io.IOException: body exceeds capacity: 8388608"));
    }

    private static JsonObject payload(String seconds) {
        return Json.createObjectBuilder()
                .add("bucket", OBJECT.bucket())
                .add("key", OBJECT.key())
                .add("ours", true)
                .add("nobody", true)
                .add("seconds", seconds)
                .build();
    }

    private Process startWorker(String... settings) throws IOException {
        Files.writeString(folder.resolve("token"), "token");
        Files.writeString(folder.resolve("secret"), EmbeddedStore.SECRET);
        String script = "echo yes > " + started + "; sleep $(sed 's/.*\"seconds\":\"\\([0-9]*\\)\".*/\\1/')";
        List<String> argv = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                "worker.metadata-url=" + metadata.url(),
                "worker.token-file=" + folder.resolve("token"),
                "worker.state=" + folder.resolve("state"),
                "worker.long-poll=PT1S",
                "worker.commands.sleepy.argv.0=sh",
                "worker.commands.sleepy.argv.1=-c",
                "worker.commands.sleepy.argv.2=" + script,
                "storage.url=" + store.url(),
                "storage.access-key=" + EmbeddedStore.KEY,
                "storage.secret-key-file=" + folder.resolve("secret"),
                "storage.integrity=size"));
        argv.addAll(List.of(settings));
        return new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("worker.log").toFile())
                .start();
    }
}
