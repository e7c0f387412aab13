package dev.sluice.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.Api;
import dev.sluice.it.Payload;
import dev.sluice.it.Sending;
import dev.sluice.it.StackExtension;
import dev.sluice.it.hostile.Campaign.Sent;
import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every request of the tables in {@code resources/hostile} is told what it should be, and leaves nothing behind. */
class HostileTest {
    private static final List<String> TABLES = List.of(
            "slow.txt",
            "framing.txt",
            "chunks.txt",
            "headers.txt",
            "paths.txt",
            "names.txt",
            "digests.txt",
            "messages.txt",
            "tokens.txt",
            "urls.txt");
    private static final Pattern OUR_FAULT =
            Pattern.compile("SEVERE|ERROR|internal-error|^\\s+at |^[\\w.$]+(Exception|Error)\\b");
    private static final Pattern INSIDES =
            Pattern.compile("internal-error|[a-z]Exception|\\bjava\\.|\\bat [a-z]+\\.|sluice\\.db|helidon|nginx/");

    private static final Stack STACK = new Stack(
            "attacked",
            Options.plain()
                    .withGatewayHeap(512)
                    .patient()
                    .gateway("gateway.min-rate-window=PT15S", "gateway.part-buffers=48")
                    .nginx("BODY_TIMEOUT", "30s")
                    .nginx("MAX_UPLOADS_PER_ADDRESS", "100"));
    /** Files that are open at one moment and not at another, such as connections that are kept: what leaks, leaks with each of many requests. */
    private static final long KEPT_OPEN = 5;

    private static final Traces TRACES = new Traces(STACK);

    private static List<Sent> sent = List.of();
    private static Set<String> keysBefore = Set.of();
    private static List<String> contacts = List.of();
    private static Map<String, Long> filesBefore = Map.of();

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @BeforeAll
    static void attack() throws IOException {
        try (Trap trap = new Trap()) {
            Campaign campaign = new Campaign(STACK, trap);
            filesBefore = filesAfterUploadsAtOnce();
            keysBefore = Set.copyOf(STACK.bucket().keys(""));
            List<Row> rows = TABLES.stream()
                    .flatMap(Table::read)
                    .sorted(Comparator.comparing(Row::slow).reversed())
                    .toList();
            sent = campaign.run(rows);
            contacts = trap.contacts();
        }
    }

    @TestFactory
    Stream<DynamicTest> isToldWhatItShouldBe() {
        return sent.stream().map(one -> DynamicTest.dynamicTest(one.toString(), () -> check(one)));
    }

    @Test
    void areMoreThanAHundred() {
        assertThat(sent.stream().map(one -> one.row().name()).distinct().count())
                .isGreaterThan(100);
    }

    @Test
    void nothingIsStoredButWhatWasToldSo() {
        awaitNothingOpen();
        Set<String> expected = new HashSet<>(keysBefore);
        accepted().forEach(one -> expected.add(key(one)));

        assertThat(STACK.bucket().keys("")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void nothingIsCompletedButWhatWasToldSo() {
        awaitNothingOpen();
        List<String> told = accepted().stream().map(HostileTest::uploadId).toList();
        List<JsonObject> rows = Api.of(STACK).uploads();

        assertThat(rows)
                .filteredOn(row -> row.getString("filename", "").startsWith(Campaign.NAME))
                .filteredOn(row -> row.getString("state").equals("completed"))
                .allSatisfy(row -> assertThat(told).contains(row.getString("upload_id")));
        assertThat(rows).as("rows that only a URL speaks of").allSatisfy(row -> assertThat(row.getString("key"))
                .startsWith(STACK.keyPrefix()));
    }

    @Test
    void noSecondRequestIsRun() {
        assertThat(Stream.of("default", "other")
                        .flatMap(owner -> new Api(STACK, owner).uploads().stream())
                        .map(row -> row.getString("filename", "")))
                .noneMatch(name -> name.startsWith(Words.SMUGGLED));
        assertThat(TRACES.lines()).noneMatch(line -> line.text().contains(Words.SMUGGLED));
    }

    @Test
    void nobodyOutsideIsContacted() {
        assertThat(contacts).isEmpty();
    }

    @Test
    void nothingIsLoggedAsOurFault() {
        Set<String> ours = Set.of("gateway.log", "metadata-service.log", "worker.log");

        assertThat(TRACES.lines())
                .filteredOn(line -> ours.contains(line.log()))
                .noneMatch(line -> OUR_FAULT.matcher(line.text()).find());
        assertThat(TRACES.lines())
                .filteredOn(line -> line.log().equals("access.log"))
                .isNotEmpty()
                .noneMatch(line -> line.text().contains("\"status\":\"500\""));
        assertThat(TRACES.lines())
                .filteredOn(line -> line.log().equals("error.log"))
                .noneMatch(line -> line.text().contains("[crit]")
                        || line.text().contains("[alert]")
                        || line.text().contains("[emerg]"));
    }

    @Test
    void noLogHoldsASecretOrTheNameOfAFile() {
        List<String> secret = new ArrayList<>(TRACES.secrets());
        secret.addAll(List.of(Campaign.NAME, "sk_", "Bearer "));

        assertThat(TRACES.lines()).noneMatch(line -> secret.stream().anyMatch(line.text()::contains));
    }

    @Test
    void noAnswerHoldsASecretOrTellsOfTheInsides() {
        List<String> secret = TRACES.secrets();

        assertThat(sent).allSatisfy(one -> assertThat(one.answers()).allSatisfy(answer -> {
            assertThat(secret).noneMatch(answer.body()::contains);
            assertThat(INSIDES.matcher(answer.body()).find())
                    .as("%s: %s", one, answer)
                    .isFalse();
        }));
    }

    @Test
    void theSystemIsHealthyAfterwards() throws IOException {
        awaitNothingOpen();
        for (Sending sending :
                List.of(plain("afterwards"), plain("afterwards-in-chunks").inChunks())) {
            Answer answer = sending.send(STACK);

            assertThat(answer.status()).as("%s", answer).isEqualTo(201);
            JsonObject row = Api.of(STACK).awaitSettled(answer.uploadId().orElseThrow());
            assertThat(row.getString("processing")).isEqualTo("succeeded");
            assertThat(STACK.bucket().sha256(row.getString("key")))
                    .isEqualTo(sending.payload().sha256());
        }
        assertThat(STACK.processes()).allMatch(part -> part.alive());
        assertThat(List.of(STACK.gateway(), STACK.metadata(), STACK.nginx())).allMatch(part -> part.isReady());
        Await.holds(Times.SETTLED, () -> assertThat(TRACES.openFiles()).allSatisfy((part, files) -> assertThat(files)
                .as("%s, before %s", part, filesBefore)
                .isLessThanOrEqualTo(filesBefore.getOrDefault(part, 0L) + KEPT_OPEN)));
    }

    private static void check(Sent one) throws Exception {
        Optional<Answer> answer = one.answers().stream().findFirst();
        assertThat(one.failure()).as("no end; answered %s", one.answers()).isEmpty();
        assertThat(one.expected().holdsFor(answer))
                .as("%s: expected %s, was %s", one, one.expected(), answer)
                .isTrue();
        assertThat(one.answers()).as("answers on one connection").hasSizeLessThanOrEqualTo(1);
        for (String hidden : one.row().hidden()) {
            assertThat(String.valueOf(answer)).doesNotContain(one.words().filled(hidden));
        }
        if (isAccepted(one)) {
            checkStored(one);
        }
    }

    private static void checkStored(Sent one) {
        byte[] wanted = one.words().bytes(one.expected().stored().orElseThrow());
        assertThat(STACK.bucket().sha256(key(one))).isEqualTo(Payload.sha256(new ByteArrayInputStream(wanted)));
        assertThat(STACK.bucket().metadata(key(one))).isEqualTo(Map.of("upload-id", uploadId(one)));
        assertThat(one.answers().getFirst().header("Idempotency-Replayed")).isEmpty();
    }

    private static String key(Sent one) {
        return one.answers().getFirst().json().getString("key");
    }

    private static String uploadId(Sent one) {
        return one.answers().getFirst().uploadId().orElseThrow();
    }

    private static List<Sent> accepted() {
        return sent.stream().filter(HostileTest::isAccepted).toList();
    }

    private static boolean isAccepted(Sent one) {
        return !one.answers().isEmpty() && one.answers().getFirst().status() == 201;
    }

    private static void awaitNothingOpen() {
        Await.until("no upload is open", Times.SETTLED, () -> STACK.gatewayGauge("sluice_gateway_open_uploads") == 0);
        Await.until("no report waits", Times.SETTLED, () -> STACK.gatewayGauge("sluice_gateway_pending_reports") == 0);
    }

    /** Connections that parts keep for later are there before, too. */
    private static Map<String, Long> filesAfterUploadsAtOnce() {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> uploads = IntStream.range(0, 16)
                    .mapToObj(i -> executor.submit(() -> plain("before-" + i).send(STACK)))
                    .toList();
            Futures.results(uploads).forEach(answer -> Api.of(STACK)
                    .awaitSettled(answer.uploadId().orElseThrow()));
        }
        return TRACES.openFiles();
    }

    private static Sending plain(String name) {
        byte[] seed = name.getBytes(StandardCharsets.UTF_8);
        return Sending.of(name, new Payload(seed.length, 200_000));
    }
}
