package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Ended;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Ports;
import dev.sluice.it.stack.RunScript;
import dev.sluice.it.stack.Times;
import dev.sluice.it.stack.Tmpfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./run} as a person uses it: once, and again on the same folder to stay. */
class RunScriptTest {
    private static final RunScript RUN = new RunScript();
    private static String once = "";

    @BeforeAll
    static void runOnceAndThenStay() {
        Ended ended = RUN.ended("--once", "--data", RUN.data().toString(), "--port", Integer.toString(RUN.port()));
        assertThat(ended.status()).as(ended.output()).isZero();
        once = ended.output();
        assertThat(RUN.parts()).isEmpty();
        long begin = System.nanoTime();
        RUN.part().start();
        SuiteReport.say("a second ./run on the same folder: up after "
                + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s");
    }

    @AfterAll
    static void stopsEverythingItStarted() throws IOException {
        List<ProcessHandle> parts = RUN.parts();

        RUN.part().terminate();
        Await.until("it stops", Times.SETTLED, () -> RUN.output().contains("Stopping"));
        RUN.part().stop();

        assertThat(RUN.part().status()).isEqualTo(130);
        assertThat(parts).hasSizeGreaterThanOrEqualTo(6);
        assertThat(parts).noneMatch(ProcessHandle::isAlive);
        assertThat(RUN.data().resolve("run")).isDirectoryNotContaining("glob:**.{pid,keeper}");
        RUN.close();
    }

    @Test
    void showsWhatBecameOfTheSample() {
        assertThat(once)
                .contains("received", "stored", "announced", "verify", "callback")
                .contains("67108864 bytes", "made now: it is in " + RUN.data())
                .contains("what is stored is what was sent");
    }

    @Test
    void keepsWhatWasThereWhenItStartsAgain() throws IOException {
        Answer uploads = Http.get(RUN.url() + "/uploads", authorization());

        assertThat(uploads.json().getJsonArray("uploads"))
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(upload ->
                        assertThat(upload.asJsonObject().getString("state")).isEqualTo("completed"));
        assertThat(RUN.output()).doesNotContain("made now");
    }

    @Test
    void takesNotificationsWithTheTokenThatItHasMade() throws IOException {
        String token = Files.readString(RUN.data().resolve("secrets/minio.token"));

        Answer answer = Http.post(
                RUN.url() + "/upload-complete/minio",
                Map.of("Authorization", "Bearer " + token.strip()),
                "{\"Event\":\"s3:TestEvent\"}");

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().getJsonArray("records").getString(0)).isEqualTo("test");
    }

    @Test
    void saysInOneLineThatThePortIsTaken() {
        Ended ended = RUN.ended("--data", RUN.otherData().toString(), "--port", Integer.toString(RUN.port()));

        assertRefused(ended, "port " + RUN.port() + " is in use");
    }

    @Test
    void saysInOneLineThatTheFolderIsTakenAndBlamesNoPort() {
        Ended ended = RUN.ended("--data", RUN.data().toString(), "--port", Integer.toString(RUN.port()));

        assertRefused(ended, "uses " + RUN.data());
    }

    @ParameterizedTest
    @CsvSource({
        "--nonsense, unknown option --nonsense",
        "--nonsense=1, unknown option --nonsense",
        "--port=x, --port needs a number",
        "--data=--once, --data needs a folder",
        "--data=/tmp/a\"b, --data needs a folder without",
        "--data=a\\b, --data needs a folder without",
        "--data=/tmp/$HOME/x, --data needs a folder without",
        "--port=--once, --port needs a value",
        "--max-upload=10Q, --max-upload needs a number",
        "--callback=app.example, --callback needs a URL",
        "--trusted-proxy=everybody, --trusted-proxy needs an address",
        "--store-url=store:9000, --store-url needs",
        "--store-url=http://store:9000/path, --store-url needs",
        "--store-url=http://store:9000, readable --store-secret-key-file"
    })
    void saysInOneLineWhichOptionIsWrong(String option, String why) {
        assertRefused(RUN.ended(option, "--store-secret-key-file", "/nowhere/at/all"), why);
    }

    @Test
    void saysInOneLineThatAStoreRefusesItsCredentials() throws IOException {
        Path secret = Files.writeString(RUN.otherData().resolveSibling("wrong.secret"), "wrong\\ \"secret");
        String store = Files.readAllLines(RUN.data().resolve("run/ports")).stream()
                .filter(line -> line.startsWith("store="))
                .map(line -> "--store-url=http://127.0.0.1:" + line.substring("store=".length()))
                .findFirst()
                .orElseThrow();

        for (String user : List.of("nobody", "sluice")) {
            Ended ended = RUN.ended(
                    store,
                    "--store-access-key=" + user,
                    "--store-secret-key-file=" + secret,
                    "--data=" + RUN.otherData(),
                    "--port=" + port());

            assertRefused(ended, "refuses these credentials");
        }
    }

    @Test
    void saysWhatIsWrongWithTheSettingsAndDoesNotTryAgain() throws IOException {
        Path settings = RUN.otherData().resolve("sluice.yaml");
        Files.createDirectories(settings.getParent());
        Files.writeString(settings, "metadata:\n  rulez: [}\n");
        try {
            Ended ended = RUN.ended("--data", RUN.otherData().toString(), "--port", port(), "--max-upload=10M");

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.output())
                    .contains("metadata did not start: ", settings + ", line 2")
                    .doesNotContain("again");
            assertThat(RUN.otherData().resolve("config/run.yaml")).content().contains("max-upload-bytes: 10485760");
        } finally {
            Files.delete(settings);
        }
    }

    @Test
    void startsAgainOverWhatARunThatDiedLeftBehind() throws IOException {
        List<ProcessHandle> left = RUN.parts();

        RUN.killAndStart();

        assertThat(left).hasSizeGreaterThanOrEqualTo(6).noneMatch(ProcessHandle::isAlive);
        assertThat(RUN.output()).contains("An earlier run left nginx behind");
        assertThat(upload().status()).isEqualTo(201);
    }

    @Test
    void saysInOneLineWhatIsMissingAndInstallsNothing(@TempDir Path tools) throws IOException {
        for (String tool : List.of("bash", "dirname", "readlink", "grep", "sort")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        Map<String, String> poor = Map.of("PATH", tools.toString(), "JAVA25_HOME", System.getProperty("java.home"));

        Ended ended = RUN.endedWith(poor, "--data", RUN.otherData().toString());

        assertRefused(ended, "missing: ");
        assertThat(ended.output()).contains("curl", "jq", "maven", "--no-install forbids installing them");
    }

    @Test
    void saysInOneLineThatThereIsNoSpace() throws IOException {
        Assumptions.assumeTrue(Tmpfs.possible(), "no root: no tmpfs to be small");
        Path small = RUN.otherData().resolveSibling("small");
        try (Tmpfs disk = Tmpfs.mounted(small, 100)) {
            assertThat(disk).isNotNull();

            Ended ended = RUN.ended("--data", small.toString(), "--port", port());

            assertRefused(ended, "no space: " + small);
        }
    }

    @Test
    void needsNoKeyAndTellsAnotherApplicationWhenToldTo() throws IOException {
        String secret = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);
        Path file = RUN.otherData().resolve("secrets/callback.secret");
        Files.createDirectories(file.getParent());
        Files.writeString(file, secret);
        try (CallbackReceiver application = new CallbackReceiver(secret)) {
            String data = RUN.otherData().toString();

            Ended ended = RUN.ended(
                    "--once", "--anonymous", "--callback", application.url(), "--data", data, "--port", port());

            assertThat(ended.status()).as(ended.output()).isZero();
            assertThat(ended.output()).doesNotContain("key");
            assertThat(application.received())
                    .extracting(CallbackReceiver.Received::type)
                    .contains("upload.completed", "job.succeeded");
            assertThat(application.badSignatures()).isEmpty();
        }
    }

    @Test
    void explainsItself() {
        Ended ended = RUN.ended("--help");

        assertThat(ended.status()).isZero();
        assertThat(ended.output())
                .contains(
                        "--once",
                        "--port",
                        "--data",
                        "--callback",
                        "--authorize",
                        "--trusted-proxy",
                        "--anonymous",
                        "--store-url");
    }

    @ParameterizedTest
    @CsvSource({"KILL, 137", "SEGV, 134"})
    void reportsTheCrashOfAPartAndStartsItAgain(String signal, int status) throws Exception {
        ProcessHandle killed = RUN.part("gateway").orElseThrow();

        new ProcessBuilder("kill", "-" + signal, Long.toString(killed.pid()))
                .start()
                .waitFor();

        Await.until("the crash is reported", Times.SETTLED, () -> RUN.output()
                .contains("gateway ended (status " + status + ")"));
        Await.until("uploads are taken again", Times.SETTLED, () -> upload().status() == 201);
        assertThat(RUN.part("gateway").orElseThrow().pid()).isNotEqualTo(killed.pid());
        assertThat(Files.exists(RUN.data().resolve("logs/hs_err_" + killed.pid() + ".log")))
                .isEqualTo(signal.equals("SEGV"));
    }

    private static String port() {
        return Integer.toString(Ports.free());
    }

    private static void assertRefused(Ended ended, String why) {
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output().lines()).singleElement().satisfies(line -> assertThat(line)
                .contains(why));
    }

    private static Answer upload() throws IOException {
        try (RawUpload upload = new RawUpload(RUN.port(), "PUT /upload/after", authorization(), OptionalLong.of(5))) {
            upload.write("bytes".getBytes(StandardCharsets.US_ASCII));
            return upload.answer(Times.SETTLED);
        }
    }

    private static Map<String, String> authorization() throws IOException {
        String key = Files.readString(RUN.data().resolve("metadata/keys/default.key"));
        return Map.of("Authorization", "Bearer " + key.strip());
    }
}
