package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The bucket is away while checks look for objects in it: no answer counts as absence. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BucketGoneTest {
    private static final Stack STACK =
            new Stack("bucket-gone", Options.plain().withProxies().gateway("gateway.stall=PT60S"));
    private static final Payload PAYLOAD = new Payload(4, 100_000);

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void bringBack() throws IOException {
        STACK.toStore().mode(Mode.PASS);
        if (Files.exists(away())) {
            Files.move(away(), bucket());
        }
        STACK.metadata().stop(); // the times of its next start are the common ones again
        STACK.start();
    }

    @Test
    @Order(1)
    void noAnswerCountsAsAbsenceWhileTheBucketIsAway() throws IOException {
        Ledger ledger = new Ledger(STACK);
        inDoubtAndLost(ledger, "away");

        takeAway();
        STACK.worker().start();
        Await.holds(Times.SETTLED, () -> assertReasonNamesTheBucket("away"));
        Await.pass(Times.RECHECK.plus(Times.FINAL_CHECK));

        assertReasonNamesTheBucket("away");
        assertThat(new Rows(STACK, "away").states()).isSubsetOf("intent", "receiving");
        Files.move(away(), bucket());
        new Rows(STACK, "away-stored").await(Seeds.count(), "completed");
        new Rows(STACK, "away-lost").await(Seeds.count(), "expired");
        ledger.check();
    }

    /** Leaves objects behind whose rows were given up: nothing that compares the bucket with the rows may come after it. */
    @Test
    @Order(2)
    void uploadsFailWhenTheBucketIsAwayForTooLong() throws IOException {
        STACK.metadata().stop();
        STACK.metadata().start("metadata.times.bucket-gone=PT3S");
        Ledger ledger = new Ledger(STACK);
        inDoubtAndLost(ledger, "gone");

        takeAway();
        STACK.worker().start();

        new Rows(STACK, "gone").await(2 * Seeds.count(), "failed");
        assertThat(new Rows(STACK, "gone").all())
                .allSatisfy(row -> assertThat(row.getString("reason")).isEqualTo("bucket-gone"));
        assertThat(new Rows(STACK, "gone").ids())
                .allSatisfy(id -> assertThat(Api.of(STACK).upload(id).getJsonArray("jobs"))
                        .isEmpty());
    }

    /** With no worker about: uploads that were stored, whose answers were lost, and as many whose gateway has died in the body. */
    private static void inDoubtAndLost(Ledger ledger, String name) throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(bucket()), "the store's folder is not ours");
        STACK.worker().stop();
        STACK.toStore().mode(Mode.LOSE_ANSWERS);
        List<Optional<Answer>> answers = ledger.sendAll(sendings(name + "-stored"), () -> {});
        STACK.toStore().mode(Mode.PASS);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.orElseThrow().code()).isEqualTo("outcome-unknown"));
        try (Bodies bodies = Bodies.open(STACK, ledger, sendings(name + "-lost"), 50_000)) {
            new Rows(STACK, name + "-lost").await(bodies.count(), "receiving");
            STACK.gateway().kill9();
        }
        STACK.gateway().start();
    }

    private static void takeAway() throws IOException {
        Files.move(bucket(), away());
    }

    private static void assertReasonNamesTheBucket(String prefix) {
        for (String id : new Rows(STACK, prefix).ids()) {
            JsonObject row = Api.of(STACK).upload(id);
            assertThat(row.isNull("check")).as("%s", row).isFalse();
            assertThat(row.getJsonObject("check").getString("note", ""))
                    .as("%s", row)
                    .contains("bucket-missing");
        }
    }

    private static List<Sending> sendings(String name) {
        return IntStream.range(0, Seeds.count())
                .mapToObj(i -> Sending.of(name + "-" + i, PAYLOAD))
                .toList();
    }

    private static Path bucket() {
        return STACK.folder().resolve("store").resolve(STACK.bucket().name());
    }

    private static Path away() {
        return STACK.folder().resolve("away");
    }
}
