package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A gateway that stands still until everybody thinks it dead, and then goes on. */
class FreezeTest {
    /** The gateway's own watchdogs must not count the time in which it stood still. */
    private static final Stack STACK = new Stack(
            "freeze",
            Options.plain()
                    .gateway(
                            "storage.connect-timeout=PT60S",
                            "storage.continue-timeout=PT60S",
                            "storage.answer-timeout=PT60S",
                            "gateway.stall=PT60S"));

    @RegisterExtension
    static final LogsOnFailure LOGS = new LogsOnFailure(STACK);

    @BeforeAll
    static void start() {
        STACK.start();
    }

    @AfterAll
    static void stop() {
        STACK.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"end-held, expired", "stored, completed"})
    void aLateMessageIsProofWhenTheGatewayThawsAfter(String moment, String meanwhile) {
        Ledger ledger = new Ledger(STACK);
        List<Sending> sendings = Seeds.all()
                .mapToObj(seed -> Sending.of("thawed-" + moment + "-" + seed, new Payload(seed, 90_000)))
                .toList();
        restartGateway(moment + ":1:freeze");

        List<Optional<Answer>> answers = ledger.sendAll(sendings, () -> {
            STACK.gateway().awaitFrozen();
            Await.until(
                    "the row of the frozen moment is " + meanwhile,
                    Times.SETTLED,
                    () -> rows("thawed-" + moment).stream()
                            .anyMatch(row -> row.getString("state").equals(meanwhile)));
            Await.until("no row is open", Times.SETTLED, () -> rows("thawed-" + moment).stream()
                    .noneMatch(row -> row.getString("state").equals("receiving")));
            STACK.gateway().thaw();
        });

        assertThat(answers).allSatisfy(answer -> assertThat(answer.orElseThrow().status())
                .as("%s", answer)
                .isIn(201, 202));
        ledger.check();
        assertThat(rows("thawed-" + moment))
                .allSatisfy(row -> assertThat(row.getString("state")).isEqualTo("completed"));
    }

    @Test
    void aSupersededAttemptIsToldSoAndItsObjectIsDeleted() {
        Ledger ledger = new Ledger(STACK);
        Sending sending = Sending.of("superseded", new Payload(3, 90_000)).with("Idempotency-Key", "superseded");
        Part second = STACK.secondGateway();
        second.start();
        restartGateway("end-held:1:freeze");

        List<Optional<Answer>> answers = ledger.sendAll(List.of(sending), () -> {
            STACK.gateway().awaitFrozen();
            Await.until("a new attempt is stored by another gateway", Times.SETTLED, () -> {
                Answer answer = sending.sendTo(STACK, STACK.secondGatewayPort());
                assertThat(answer.code()).isIn("", "upload-in-doubt", "upload-in-progress");
                return answer.status() == 201;
            });
            STACK.gateway().thaw();
        });
        second.close();

        assertThat(answers.getFirst().orElseThrow().code()).isEqualTo("superseded");
        JsonObject row = rows("superseded").getFirst();
        assertThat(row.getInt("attempt")).isGreaterThanOrEqualTo(2);
        ledger.check();
    }

    private static void restartGateway(String halt) {
        STACK.gateway().close();
        STACK.gateway().startToHalt(halt);
    }

    private static List<JsonObject> rows(String prefix) {
        return Api.of(STACK).uploads().stream()
                .filter(row -> row.getString("filename").startsWith(prefix))
                .toList();
    }
}
