package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HEAD is answered as GET is, without the body, wherever it is asked (RFC 9110 §9.3.2). */
class HeadTest {
    private static final String OBJECT = "/objects/019aa3c2-7b10-7c3e-9d51-2f6a1b0c4d5e";
    private static final String END = "\r\n\r\n";
    /** Numbers that change, and what Helidon refuses itself and then writes the length of. */
    private static final Set<String> ANY_LENGTH = Set.of("/metrics", "/%zz");

    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(
                folder,
                "storage.reader-access-key=reader",
                "storage.reader-secret-key-file=" + folder.resolve("secret"),
                "gateway.intent-timeout=PT1S");
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/upload,405",
        "/upload/a,405",
        "/upload/,405",
        "/objects/x,404",
        "/objects/,404",
        "/,404",
        "/nothing,404",
        "x,400",
        "/%zz,400"
    })
    void atTheUploadListener(String path, int status) throws Exception {
        assertAlike(running.gateway.port(), path, status);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 401, 404, 500})
    void ofAnObjectWhateverTheMetadataServiceSays(int said) throws Exception {
        Reply reply = new Reply(said, "{\"bucket\":\"uploads\",\"key\":\"u/a\"}");
        running.metadata.answerObjects(Collections.nCopies(100, reply).toArray(Reply[]::new));

        assertAlike(running.gateway.port(), OBJECT, said == 200 ? 307 : said == 500 ? 503 : said);
    }

    @ParameterizedTest
    @CsvSource({"/health/live,200", "/health/ready,200", "/metrics,200", "/nothing,404"})
    void atTheHealthListener(String path, int status) throws Exception {
        running.awaitReady();

        assertAlike(running.gateway.healthPort(), path, status);
    }

    private static void assertAlike(int port, String path, int status) throws IOException {
        String get = answer(port, "GET", path);
        String head = answer(port, "HEAD", path);

        assertThat(get).startsWith("HTTP/1.1 " + status + " ");
        assertThat(head).as("ends with its head").endsWith(END).containsOnlyOnce(END);
        assertThat(fields(path, head)).containsExactlyInAnyOrderElementsOf(fields(path, get));
    }

    private static String answer(int port, String method, String path) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close" + END)
                    .endSending()
                    .everything();
        }
    }

    /** Status line and header; not when it was, nor the address at the store, which is good for one method. */
    private static List<String> fields(String path, String answer) {
        return answer.substring(0, answer.indexOf(END))
                .lines()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> !line.startsWith("date:") && !line.startsWith("location:"))
                .map(line -> ANY_LENGTH.contains(path) ? line.replaceFirst("^(content-length: ).*", "$1") : line)
                .toList();
    }
}
