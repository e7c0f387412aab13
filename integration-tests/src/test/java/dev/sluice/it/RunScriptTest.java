package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.RunScript;
import dev.sluice.it.stack.RunScript.Ended;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        RUN.part().start();
    }

    @AfterAll
    static void stopsEverythingItStarted() throws IOException {
        List<ProcessHandle> parts = RUN.parts();
        assertThat(parts).hasSizeGreaterThanOrEqualTo(6);

        RUN.close();

        assertThat(parts).noneMatch(ProcessHandle::isAlive);
        assertThat(RUN.output()).contains("Stopping");
    }

    @Test
    void showsWhatBecameOfTheSample() {
        assertThat(once)
                .contains("received", "stored", "announced", "verify", "callback")
                .contains("67108864 bytes")
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
    void saysInOneLineThatThePortIsTaken() {
        Ended ended = RUN.ended("--data", RUN.otherData().toString(), "--port", Integer.toString(RUN.port()));

        assertRefused(ended, "port " + RUN.port() + " is in use");
    }

    @Test
    void saysInOneLineThatTheFolderIsTaken() {
        Ended ended = RUN.ended("--data", RUN.data().toString());

        assertRefused(ended, "uses " + RUN.data());
    }

    @Test
    void saysInOneLineThatItDoesNotKnowAnOption() {
        assertRefused(RUN.ended("--nonsense"), "--nonsense");
    }

    @Test
    void explainsItself() {
        Ended ended = RUN.ended("--help");

        assertThat(ended.status()).isZero();
        assertThat(ended.output()).contains("--once", "--port", "--data", "--callback", "--anonymous", "--store-url");
    }

    @Test
    void reportsTheCrashOfAPartAndStartsItAgain() {
        ProcessHandle killed = RUN.part("gateway").orElseThrow();

        killed.destroyForcibly();

        Await.until("the crash is reported", Times.SETTLED, () -> RUN.output().contains("gateway ended (status 137)"));
        Await.until("uploads are taken again", Times.SETTLED, () -> upload().status() == 201);
        assertThat(RUN.part("gateway").orElseThrow().pid()).isNotEqualTo(killed.pid());
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
