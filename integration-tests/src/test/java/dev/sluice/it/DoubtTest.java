package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Message and check meet in every order, and objects appear that nobody waits for any more. */
class DoubtTest {
    /** What is late has to be there before the last check, on a slow machine too. */
    private static final Stack STACK = new Stack(
            "doubt",
            Executions.in(Options.plain().withProxies())
                    .gateway("gateway.stall=PT60S", "gateway.completion-patience=PT1S", "storage.answer-timeout=PT60S")
                    .metadata("metadata.times.final-check=PT12S", "metadata.jobs.lease=PT60S"));

    /** Small enough for the buffers of a proxy that lets nothing through: what they do not take is gone when its gateway dies. */
    private static final Payload PAYLOAD = new Payload(6, 30_000);

    private static final int SENT = 12_000;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void heal() {
        STACK.toStore().mode(Mode.PASS);
        STACK.toMetadata().mode(Mode.PASS);
        STACK.toMetadata().loseNothing();
        STACK.start();
    }

    @Test
    void theLateMessageFillsWhatTheCheckLeftEmpty() {
        Ledger ledger = new Ledger(STACK);
        acceptedWhileNobodyListens(ledger, "check-first", silentSince -> {
            new Rows(STACK, "check-first").await(Seeds.count(), "completed");
            assertThat(new Rows(STACK, "check-first").all())
                    .as("what only the message can know")
                    .allSatisfy(row -> {
                        assertThat(row.isNull("sha256")).isTrue();
                        assertThat(row.isNull("stored_at")).isTrue();
                        assertThat(row.isNull("crc32c"))
                                .isNotEqualTo(STACK.bucket().knowsChecksums());
                    });
        });

        assertFilledAndDoneOnce(ledger, "check-first");
    }

    /** The metadata service hears the gateway again at about the time at which the checks come. */
    @Test
    void messageAndCheckAtTheSameTimeAreOneCompletion() {
        Ledger ledger = new Ledger(STACK);
        SplittableRandom random = new SplittableRandom(Seeds.first());
        for (int round = 0; round < 3; round++) {
            long end = Times.SILENT.toNanos() + random.nextLong(600_000_000);
            acceptedWhileNobodyListens(
                    ledger,
                    "race-" + round,
                    silentSince -> Await.pass(Duration.ofNanos(Math.max(0, silentSince + end - System.nanoTime()))));
        }

        assertFilledAndDoneOnce(ledger, "race");
    }

    @Test
    void aCheckAfterTheMessageChangesNothing() {
        Ledger ledger = new Ledger(STACK);
        Api api = Api.of(STACK);
        ledger.sendAll(counted("message-first"), () -> {});

        for (String key : new Rows(STACK, "message-first").keys()) {
            assertThat(api.hint(STACK.bucket().urlOf(key)).json().getString("state"))
                    .isEqualTo("completed");
        }
        Await.pass(Times.RECHECK);

        assertFilledAndDoneOnce(ledger, "message-first");
    }

    @Test
    void aLostAnswerToAnIntentIsOneRow() {
        Ledger ledger = new Ledger(STACK);
        STACK.toMetadata().loseFirstAnswers(Pattern.compile("PUT /internal/uploads/"));

        List<Optional<Answer>> answers = ledger.sendAll(counted("intent-repeated"), () -> {});

        assertThat(STACK.toMetadata().lost()).isEqualTo(Seeds.count());
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.orElseThrow().status()).isIn(201, 202));
        ledger.check();
        assertThat(new Rows(STACK, "intent-repeated").all())
                .hasSize(Seeds.count())
                .allSatisfy(row -> assertThat(row.getInt("attempt")).isEqualTo(1));
    }

    @Test
    void theRowExpiresWhenTheGatewayDiesBeforeItRepeatsItsIntent() {
        Ledger ledger = new Ledger(STACK);
        STACK.toMetadata().loseFirstAnswers(Pattern.compile("PUT /internal/uploads/"));
        List<Sending> sendings = counted("intent-lost");

        ledger.sendAll(sendings, () -> {
            Await.until(
                    "all are on record", Times.SETTLED, () -> STACK.toMetadata().lost() == sendings.size());
            STACK.gateway().kill9();
        });
        STACK.gateway().start();

        ledger.check();
        assertThat(new Rows(STACK, "intent-lost").all()).allSatisfy(row -> {
            assertThat(row.getString("state")).isIn("expired", "completed");
            assertThat(row.getInt("attempt")).isEqualTo(1);
        });
    }

    /**
     * The ends of the bodies reach the store when their gateway is dead and their rows have expired. That its connections have ended
     * comes later still: a store that hears both at once may drop what it was sent (MinIO does, S3Proxy does not).
     */
    @Test
    void theLastCheckFindsWhatReachedTheStoreLate() {
        Ledger ledger = new Ledger(STACK);
        STACK.gateway().kill9();
        STACK.gateway().startToHalt("end-sent:" + Seeds.count());
        try (Bodies bodies = Bodies.open(STACK, ledger, counted("late"), SENT)) {
            new Rows(STACK, "late").await(Seeds.count(), "receiving");
            STACK.toStore().mode(Mode.BLACK_HOLE);
            bodies.finish();
        }
        STACK.gateway().awaitEnd();
        STACK.gateway().launch();
        new Rows(STACK, "late").await(Seeds.count(), "expired");
        assertThat(STACK.bucket().keys(STACK.keyPrefix())).doesNotContainAnyElementsOf(new Rows(STACK, "late").keys());

        STACK.toStore().mode(Mode.PASS_WITHOUT_ENDS);

        new Rows(STACK, "late").await(Seeds.count(), "completed");
        STACK.gateway().awaitReady();
        assertDoneOnce(ledger, "late");
    }

    /** All bodies end while nothing of the gateway's reaches the metadata service; it does again after the action, which hears since when. */
    private static void acceptedWhileNobodyListens(Ledger ledger, String name, LongConsumer meanwhile) {
        try (Bodies bodies = Bodies.open(STACK, ledger, counted(name), SENT)) {
            new Rows(STACK, name).await(Seeds.count(), "receiving");
            STACK.toMetadata().mode(Mode.BLACK_HOLE);
            long silentSince = System.nanoTime();
            assertThat(bodies.finish())
                    .allSatisfy(
                            answer -> assertThat(answer.orElseThrow().status()).isEqualTo(202));
            meanwhile.accept(silentSince);
        } finally {
            STACK.toMetadata().mode(Mode.PASS);
        }
    }

    private static void assertFilledAndDoneOnce(Ledger ledger, String name) {
        Await.holds(Times.SETTLED, () -> assertThat(new Rows(STACK, name).all()).allSatisfy(row -> {
            assertThat(row.getString("state")).isEqualTo("completed");
            assertThat(row.getString("crc32c", "")).as("%s", row).isEqualTo(PAYLOAD.crc32c());
            assertThat(row.getString("sha256", "")).as("%s", row).isEqualTo(PAYLOAD.sha256());
            assertThat(row.isNull("stored_at")).as("%s", row).isFalse();
        }));
        assertDoneOnce(ledger, name);
    }

    private static void assertDoneOnce(Ledger ledger, String name) {
        ledger.check();
        for (String id : new Rows(STACK, name).ids()) {
            JsonObject row = Api.of(STACK).upload(id);
            assertThat(new Executions(STACK).byUpload().get(id)).as("%s", row).isEqualTo(1);
            assertThat(row.getJsonArray("deliveries").getValuesAs(JsonObject.class).stream()
                            .filter(one -> one.getString("event").equals("upload.completed")))
                    .as("%s", row)
                    .hasSize(1);
        }
    }

    private static List<Sending> counted(String name) {
        return IntStream.range(0, Seeds.count())
                .mapToObj(i -> Sending.of(name + "-" + i, PAYLOAD)
                        .with("Content-Type", Executions.TYPE)
                        .with("Repr-Digest", PAYLOAD.reprDigest()))
                .toList();
    }
}
