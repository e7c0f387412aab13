package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Posted URLs bring the truth forward and never make it. */
class HintTest {
    private static final Stack STACK = new Stack("hint", Options.plain());

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

    @Test
    void aHintAboutALiveUploadAbortsNothing() {
        Api api = Api.of(STACK);
        Seeds.atOnce(seed -> {
            // chunked and beyond one part: a multipart upload that a careless check would abort
            Sending sending =
                    Sending.of("live-" + seed, new Payload(seed, 6_000_000)).inChunks();
            try (RawUpload upload = sending.open(STACK)) {
                upload.send(sending.payload().bytes(), 0, 5_900_000);
                Await.until("the row is there", Times.SETTLED, () -> row(sending.filename())
                        .isPresent());
                JsonObject row = row(sending.filename()).orElseThrow();

                Answer hint = api.hint(STACK.bucket().urlOf(row.getString("key")));
                Await.pass(Duration.ofMillis(600));
                upload.send(sending.payload().bytes(), 5_900_000, 100_000);
                upload.finish();

                assertThat(hint.json().getString("upload_id")).isEqualTo(row.getString("upload_id"));
                assertThat(hint.json().getString("state")).isIn("intent", "receiving");
                assertThat(upload.answer(Times.SETTLED).status()).isEqualTo(201);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aHintBeforeTheMessageMeetsTheSameRow() {
        Ledger ledger = new Ledger(STACK);
        Api api = Api.of(STACK);
        Seeds.all().forEach(seed -> {
            Sending sending = Sending.of("early-" + seed, new Payload(seed, 20_000));
            STACK.gateway().kill9();
            STACK.gateway().startToHalt("stored:1:freeze");
            ledger.sendAll(List.of(sending), () -> {
                STACK.gateway().awaitFrozen();
                JsonObject row = row(sending.filename()).orElseThrow();
                String url = STACK.bucket().urlOf(row.getString("key"));
                for (int i = 0; i < 2; i++) {
                    assertThat(api.hint(url).json().getString("upload_id")).isEqualTo(row.getString("upload_id"));
                }
                api.awaitState(row.getString("upload_id"), "completed");
                STACK.gateway().thaw();
            });
        });

        ledger.check();
        assertThat(ledger.statuses()).isSubsetOf(201);
    }

    @Test
    void aCopyIsARowOfItsOwn() throws IOException {
        Api api = Api.of(STACK);
        String id = Sending.of("original", new Payload(2, 3000))
                .send(STACK)
                .uploadId()
                .orElseThrow();
        STACK.bucket().copy(api.upload(id).getString("key"), STACK.foreignKey("copy"));

        String copy =
                api.hint(STACK.bucket().urlOf(STACK.foreignKey("copy"))).json().getString("upload_id");

        assertThat(copy).isNotEqualTo(id);
        assertThat(api.awaitSettled(copy).getString("state")).isEqualTo("completed");
    }

    @Test
    void nothingIsProcessedUntilTheObjectIsThere() {
        Api api = Api.of(STACK);
        Seeds.atOnce(seed -> {
            String key = STACK.foreignKey("later-" + seed);
            String id = api.hint(STACK.bucket().urlOf(key)).json().getString("upload_id");

            JsonObject missing = api.awaitState(id, "failed");
            assertThat(missing.getString("reason")).isEqualTo("not-found");
            assertThat(missing.getJsonArray("jobs")).isEmpty();

            STACK.bucket().put(key, new Payload(seed, 100), Map.of());
            assertThat(api.hint(STACK.bucket().urlOf(key)).json().getString("upload_id"))
                    .isEqualTo(id);
            assertThat(api.awaitSettled(id).getString("state")).isEqualTo("completed");
        });
    }

    @Test
    void anUnknownKeyUnderTheOwnPrefixIsNoUpload() {
        Api api = Api.of(STACK);
        String key = STACK.keyPrefix() + "2026/01/01/00000000-0000-7000-8000-000000000000";
        STACK.bucket().put(key, new Payload(1, 10), Map.of());

        Answer hint = api.hint(STACK.bucket().urlOf(key));

        if (hint.status() == 200) {
            assertThat(api.awaitState(hint.json().getString("upload_id"), "failed", "completed")
                            .getString("state"))
                    .isEqualTo("failed");
        } else {
            assertThat(hint.status()).isIn(404, 422);
        }
        STACK.bucket().remove(key);
    }

    private static Optional<JsonObject> row(String filename) {
        return Api.of(STACK).uploads().stream()
                .filter(row -> filename.equals(row.getString("filename", "")))
                .findFirst();
    }
}
