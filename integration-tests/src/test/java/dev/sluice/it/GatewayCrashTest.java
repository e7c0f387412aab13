package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of docs/upload-life.md §5 in which the gateway dies or loses the store's answer, each forced at its moment. */
class GatewayCrashTest {
    /** What is late has to be there before the last check, on a slow machine too. */
    private static final Stack STACK =
            new Stack("gateway-crash", Options.plain().withProxies().metadata("metadata.times.final-check=PT10S"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    /** Even seeds: one upload without a key, whose end is certain. Odd seeds: several at once, which the kill meets anywhere. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "intent-sent, expired",
        "body, expired",
        "end-held, expired",
        "end-sent, expired completed",
        "stored, completed",
        "announced, completed"
    })
    void everyPromiseIsKeptWhenTheGatewayDiesAt(String moment, String ends) {
        Ledger ledger = new Ledger(STACK);

        Seeds.all().forEach(seed -> {
            SplittableRandom random = new SplittableRandom(seed + moment.hashCode());
            boolean alone = seed % 2 == 0;
            STACK.gateway().kill9();
            STACK.gateway().startToHalt(moment + ":" + (alone ? 1 : 1 + random.nextInt(3)));
            ledger.sendAll(alone ? List.of(alone(moment, seed, random)) : several(moment, seed, random), () -> {});
        });
        STACK.gateway().close();
        STACK.gateway().start();

        ledger.repeatKeyedUntilStored();
        ledger.check();
        Set<String> wanted = Set.of(ends.split(" ", -1));
        assertThat(Api.of(STACK).uploads().stream()
                        .filter(row -> row.getString("filename").startsWith("alone-" + moment)))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.getString("state")).isIn(wanted));
    }

    @Test
    void checksDecideWhenTheStoresAnswerIsLost() {
        Ledger ledger = new Ledger(STACK);
        List<Sending> sendings = Seeds.all()
                .mapToObj(seed -> Sending.of("lost-" + seed, new Payload(seed, seed % 10 * 40_001)))
                .toList();

        STACK.toStore().mode(Mode.LOSE_ANSWERS);
        List<Optional<Answer>> answers = ledger.sendAll(sendings, () -> {});
        STACK.toStore().mode(Mode.PASS);

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.orElseThrow().status()).isEqualTo(503);
            assertThat(answer.orElseThrow().code()).isEqualTo("outcome-unknown");
            assertThat(answer.orElseThrow().header("Location")).isPresent();
        });
        answers.forEach(answer ->
                Api.of(STACK).awaitState(answer.orElseThrow().uploadId().orElseThrow(), "completed"));
        ledger.check();
    }

    @Test
    void completesAnExpiredUploadWhoseObjectAppearsLater() {
        Ledger ledger = new Ledger(STACK);
        Sending sending = Sending.of("late-object", new Payload(1, 1000));
        STACK.gateway().kill9();
        STACK.gateway().startToHalt("intent-sent:1");
        ledger.sendAll(List.of(sending), () -> {});
        STACK.gateway().awaitEnd();
        STACK.gateway().start();
        Api api = Api.of(STACK);
        Await.until("the row is expired", Times.SETTLED, () -> row(api).getString("state")
                .equals("expired"));
        JsonObject row = row(api);

        STACK.bucket().put(row.getString("key"), sending.payload(), Map.of("upload-id", row.getString("upload_id")));

        api.awaitState(row.getString("upload_id"), "completed");
        ledger.check();
    }

    private static JsonObject row(Api api) {
        return api.uploads().stream()
                .filter(row -> row.getString("filename").equals("late-object"))
                .findFirst()
                .orElseThrow();
    }

    private static Sending alone(String moment, long seed, SplittableRandom random) {
        Payload payload = new Payload(seed, 1 + random.nextInt(400_000));
        Sending sending = Sending.of("alone-" + moment + "-" + seed, payload);
        return random.nextBoolean() ? sending : sending.inChunks();
    }

    private static List<Sending> several(String moment, long seed, SplittableRandom random) {
        return Stream.concat(
                        Stream.of(Sending.of("keyed-" + moment + "-" + seed, new Payload(seed, 100_000))
                                .with("Idempotency-Key", "k " + moment + seed)),
                        IntStream.range(0, 3)
                                .mapToObj(i -> Sending.random("several-" + moment + "-" + seed + "-" + i, random)))
                .toList();
    }
}
