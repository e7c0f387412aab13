package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The store is down, hangs, dies in the middle of a body, or loses its bucket: the right answer, the right row, and all is well afterwards. */
class StoreFaultTest {
    private static final Stack STACK =
            new Stack("store-fault", Options.plain().withProxies().patient());

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void recovers() throws IOException {
        STACK.toStore().mode(Mode.PASS);
        STACK.store().filter(part -> !part.alive()).ifPresent(Part::start);
        assertThat(Sending.of("afterwards", new Payload(1, 200_000)).send(STACK).status())
                .isEqualTo(201);
    }

    @Test
    void refusesWhileTheStoreIsDown() throws IOException {
        STACK.toStore().mode(Mode.CUT);

        Answer answer = Sending.of("down", new Payload(1, 3_000_000)).send(STACK);

        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("store-unavailable");
        assertThat(answer.header("Retry-After")).isPresent();
        assertFailed(answer, "store-unavailable");
    }

    @Test
    void refusesWhileTheStoreHangs() throws IOException {
        Part store = STACK.store().orElseGet(() -> Assumptions.abort("the store is not ours to freeze"));
        store.freeze();
        try {
            Answer answer = Sending.of("hanging", new Payload(1, 3_000_000)).send(STACK);

            assertThat(answer.status()).as("%s", answer).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("store-unavailable");
        } finally {
            store.thaw();
        }
    }

    @Test
    void saysSoWhenTheStoreDiesInTheMiddleOfABody() throws IOException {
        Part store = STACK.store().orElseGet(() -> Assumptions.abort("the store is not ours to kill"));
        for (Sending sending : new Sending[] {
            Sending.of("mid-body", new Payload(1, 20_000_000)),
            Sending.of("mid-parts", new Payload(1, 20_000_000)).inChunks()
        }) {
            try (RawUpload upload = sending.open(STACK)) {
                upload.send(sending.payload().stream(), 12_000_000);
                store.kill9();
                sendWhatIsTaken(upload, sending);

                Answer answer = upload.answer(Times.SETTLED);

                assertThat(answer.status()).as("%s", answer).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("store-unavailable");
                assertFailed(answer, "store-unavailable");
            }
            store.start();
        }
    }

    @Test
    void theEndIsInDoubtWhenTheStoreDiesBehindIt() throws IOException {
        Ledger ledger = new Ledger(STACK);
        STACK.toStore().mode(Mode.HOLD_FINAL_ANSWERS);
        Sending sending = Sending.of("died-at-the-end", new Payload(1, 500_000)).with("Idempotency-Key", "died");
        long before = STACK.toStore().toServer();

        ledger.sendAll(List.of(sending), () -> {
            Await.until(
                    "all is at the store", Times.SETTLED, () -> STACK.toStore().toServer() - before >= 500_000);
            STACK.toStore().mode(Mode.CUT);
        });
        STACK.toStore().mode(Mode.PASS);

        assertThat(ledger.statuses()).containsExactly(503);
        ledger.repeatKeyedUntilStored();
        ledger.check();
    }

    @Test
    void aMissingBucketIsNoAbsence() throws IOException {
        Path bucket = STACK.folder().resolve("store").resolve(STACK.bucket().name());
        Assumptions.assumeTrue(Files.isDirectory(bucket), "the store's folder is not ours");
        STACK.toStore().mode(Mode.LOSE_ANSWERS);
        // a check that came before the move would settle the row
        STACK.worker().stop();
        Answer answer = Sending.of("bucket-away", new Payload(1, 1000)).send(STACK);
        assertThat(answer.code()).isEqualTo("outcome-unknown");
        String id = answer.uploadId().orElseThrow();
        Path away = bucket.resolveSibling("away");

        Files.move(bucket, away);
        try {
            STACK.worker().start();
            Await.until(
                    "the reason is on the row",
                    Times.SETTLED,
                    () -> Api.of(STACK).upload(id).toString().contains("bucket-missing"));
            Await.pass(Times.RECHECK.multipliedBy(4));
            assertThat(Api.of(STACK).state(id)).isIn("intent", "receiving");
        } finally {
            Files.move(away, bucket);
        }

        Api.of(STACK).awaitState(id, "completed");
    }

    private static void sendWhatIsTaken(RawUpload upload, Sending sending) {
        try (var rest = sending.payload().stream()) {
            rest.skipNBytes(12_000_000);
            upload.send(rest, 8_000_000);
            upload.finish();
        } catch (IOException refused) {
            // the answer says why
        }
    }

    private static void assertFailed(Answer answer, String reason) {
        JsonObject row = Api.of(STACK).awaitState(answer.uploadId().orElseThrow(), "failed");
        assertThat(row.getString("reason")).isEqualTo(reason);
    }
}
