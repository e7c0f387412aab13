package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store is slow, and clients without patience send everything again: what is acknowledged, stored and announced is each file once. */
class RetryCascadeTest {
    private static final Stack STACK =
            new Stack("cascade", Options.plain().patient().withProxies());
    private static final int FILES = 64;
    private static final int TRIES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long STORE_BYTES_PER_SECOND = 100_000;
    private static final long LARGE = 2_000_000;
    /** A large file takes its client twice its patience. */
    private static final long SLOW_CLIENT_BYTES_PER_SECOND = 200_000;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    private final CountDownLatch firstTries = new CountDownLatch(FILES);

    @AfterEach
    void heal() {
        STACK.toStore().throttle(Long.MAX_VALUE);
    }

    @Test
    void whateverIsSentAgainIsStoredAndAnnouncedOnce() throws Exception {
        Ledger ledger = new Ledger(STACK);
        STACK.toStore().throttle(STORE_BYTES_PER_SECOND);

        List<List<Optional<Answer>>> told = sendAll(ledger, files("healed", Long.MAX_VALUE), this::heal);

        assertManyCameBack(told);
        assertThat(told).as("acknowledged").allSatisfy(tries -> assertThat(status(tries.getLast()))
                .as("%s", tries)
                .isEqualTo(201));
        ledger.check();
        assertThat(storedAndAnnounced("healed")).hasSize(FILES);
    }

    /** Some of it is never stored, for its clients give up; the same clients find nothing in their way later. */
    @Test
    void soItIsWhileTheStoreStaysSlowAndNothingIsLeftOpen() throws Exception {
        Ledger ledger = new Ledger(STACK);
        STACK.toStore().throttle(STORE_BYTES_PER_SECOND);

        List<Sending> files = files("slow", SLOW_CLIENT_BYTES_PER_SECOND);
        List<List<Optional<Answer>>> told = sendAll(ledger, files, () -> {});

        assertManyCameBack(told);
        ledger.check();
        assertThat(rows("slow"))
                .extracting(row -> row.getString("state"))
                .as("none is open, or only taken for lost")
                .containsOnly("completed", "failed");
        List<String> acknowledged = told.stream()
                .flatMap(List::stream)
                .filter(answer -> status(answer) == 201)
                .map(answer -> answer.flatMap(Answer::uploadId).orElseThrow())
                .toList();
        assertThat(acknowledged).isNotEmpty().hasSizeLessThan(FILES);
        assertThat(storedAndAnnounced("slow")).containsAll(acknowledged);

        heal();
        List<Optional<Answer>> atLast = ledger.sendAll(files, () -> {});
        assertThat(atLast)
                .allSatisfy(
                        answer -> assertThat(status(answer)).as("%s", answer).isEqualTo(201));
        ledger.check();
        assertThat(storedAndAnnounced("slow")).hasSize(FILES);
    }

    private List<List<Optional<Answer>>> sendAll(Ledger ledger, List<Sending> files, Runnable whenAllHaveTried)
            throws InterruptedException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Optional<Answer>>>> clients = files.stream()
                    .map(file -> executor.submit(() -> sendAgainAndAgain(ledger, file)))
                    .toList();
            assertThat(firstTries.await(2, TimeUnit.MINUTES))
                    .as("all have tried once")
                    .isTrue();
            whenAllHaveTried.run();
            return Futures.results(clients);
        }
    }

    /** A second of the store's time; or seven, which the client does not wait for; or twenty, which is longer than all its tries. */
    private static Sending file(String name, int number) {
        long size = number % 8 == 0 ? LARGE : number % 2 == 0 ? 700_000 : 100_000;
        return Sending.of(name + "-" + number, new Payload(number, size)).with("Idempotency-Key", name + " " + number);
    }

    /** Half of the large ones are sent no faster than this: the client leaves in the middle, however much lies in buffers on the way. */
    private static List<Sending> files(String name, long bytesPerSecond) {
        return IntStream.range(0, FILES)
                .mapToObj(i -> file(name, i).atBytesPerSecond(i % 16 == 0 ? bytesPerSecond : Long.MAX_VALUE))
                .toList();
    }

    /** What a client hears at each try. */
    private List<Optional<Answer>> sendAgainAndAgain(Ledger ledger, Sending sending) {
        List<Optional<Answer>> told = new ArrayList<>();
        try {
            told.add(ledger.sendWithin(sending, PATIENCE));
        } finally {
            firstTries.countDown();
        }
        while (told.size() < TRIES && status(told.getLast()) != 201) {
            told.getLast().flatMap(answer -> answer.header("Retry-After")).ifPresent(RetryCascadeTest::pass);
            told.add(ledger.sendWithin(sending, PATIENCE));
        }
        return told;
    }

    private static void pass(String seconds) {
        Await.pass(Duration.ofSeconds(Long.parseLong(seconds)));
    }

    private static int status(Optional<Answer> answer) {
        return answer.map(Answer::status).orElse(0);
    }

    private static void assertManyCameBack(List<List<Optional<Answer>>> told) {
        assertThat(told.stream().filter(tries -> tries.size() > 1).count())
                .as("clients that came back")
                .isGreaterThanOrEqualTo(FILES / 4);
    }

    /** The uploads whose objects are in the store, no file twice: events and callbacks are about just these. */
    private static List<String> storedAndAnnounced(String name) {
        Map<String, JsonObject> rows =
                rows(name).stream().collect(Collectors.toMap(row -> row.getString("key"), row -> row));
        List<JsonObject> stored = STACK.bucket().keys(STACK.keyPrefix()).stream()
                .filter(rows::containsKey)
                .map(rows::get)
                .toList();
        assertThat(stored)
                .extracting(row -> row.getString("filename"))
                .as("stored")
                .doesNotHaveDuplicates();
        List<String> ids =
                stored.stream().map(row -> row.getString("upload_id")).toList();
        Set<String> own =
                rows.values().stream().map(row -> row.getString("upload_id")).collect(Collectors.toSet());
        assertThat(completions().filter(own::contains)).as("events").containsExactlyInAnyOrderElementsOf(ids);
        assertThat(callbacks().filter(own::contains)).as("callbacks").containsExactlyInAnyOrderElementsOf(ids);
        return ids;
    }

    private static List<JsonObject> rows(String name) {
        return Api.of(STACK).uploads().stream()
                .filter(row -> row.getString("filename").startsWith(name + "-"))
                .toList();
    }

    private static Stream<String> completions() {
        return Api.of(STACK).events().stream()
                .filter(event -> event.getString("type").equals("upload.completed"))
                .map(event -> event.getString("upload_id"));
    }

    private static Stream<String> callbacks() {
        return STACK.receiver().received().stream()
                .filter(one -> one.type().equals("upload.completed"))
                .map(Received::uploadId)
                .distinct();
    }
}
