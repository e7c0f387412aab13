package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a store says, and whenever: one completion or none, and never a false one. */
class WebhookTest {
    private static final Stack STACK =
            new Stack("webhook", Options.plain().patient().gateway("gateway.stall=PT60S"));
    private static final MinioSender MINIO = MinioSender.of(STACK);
    private static final Api API = Api.of(STACK);

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void beforeTheMessageTwiceAndAfterItThereIsOneCompletion() {
        Ledger ledger = new Ledger(STACK);
        Seeds.all().forEach(seed -> {
            Sending sending = Sending.of("early-" + seed, new Payload(seed, 20_000));
            STACK.gateway().kill9();
            STACK.gateway().startToHalt("stored:1:freeze");
            ledger.sendAll(List.of(sending), () -> {
                STACK.gateway().awaitFrozen();
                JsonObject row = row(sending.filename()).orElseThrow();
                JsonObject event = MinioSender.forged(MINIO.event("put", row.getString("key")));
                assertThat(MINIO.deliver(event)).isEqualTo("hinted");
                assertThat(MINIO.deliver(event)).isEqualTo("hinted");
                API.awaitState(row.getString("upload_id"), "completed");
                STACK.gateway().thaw();
            });
        });
        ledger.check();
        List<JsonObject> told = settled("early-");

        for (JsonObject row : told) {
            assertThat(MINIO.deliver(MINIO.event("put", row.getString("key")))).isEqualTo("hinted");
            assertThat(row.getString("etag")).isNotEqualTo("deadbeefdeadbeefdeadbeefdeadbeef");
        }

        assertThat(ledger.statuses()).isSubsetOf(201, 202);
        assertThat(told).hasSize(Seeds.count());
        assertThat(settled("early-")).isEqualTo(told);
        ledger.check();
    }

    @Test
    void whileMessagesArriveThereIsOneCompletionOfEach() {
        Ledger ledger = new Ledger(STACK);
        Seeds.atOnce(seed -> {
            Sending sending = Sending.small("racing-" + seed, seed);
            ledger.sendAll(List.of(sending), () -> {
                Await.until("it is known", Times.SETTLED, () -> row(sending.filename())
                        .isPresent());
                String key = row(sending.filename()).orElseThrow().getString("key");
                Await.until("it is completed", Times.SETTLED, () -> {
                    assertThat(MINIO.deliver(MINIO.event("put", key))).isEqualTo("hinted");
                    return row(sending.filename())
                            .orElseThrow()
                            .getString("state")
                            .equals("completed");
                });
            });
        });

        ledger.check();
        assertThat(ledger.statuses()).isSubsetOf(201, 202);
        assertThat(new Rows(STACK, "racing-").states()).hasSize(Seeds.count()).containsOnly("completed");
    }

    @Test
    void aBodyOfWhichAStoreSaysTooSoonThatItIsThereIsNotCompleted() {
        Ledger ledger = new Ledger(STACK);
        Seeds.atOnce(seed -> {
            Sending sending = Sending.of("liar-" + seed, new Payload(seed, 300_000));
            ledger.expect(sending);
            try (RawUpload upload = sending.open(STACK)) {
                upload.send(sending.payload().bytes(), 0, 250_000);
                Await.until("the row is there", Times.SETTLED, () -> row(sending.filename())
                        .isPresent());
                JsonObject row = row(sending.filename()).orElseThrow();

                assertThat(MINIO.deliver(MINIO.event("multipart-complete", row.getString("key"))))
                        .isEqualTo("hinted");

                JsonObject checked = awaitChecked(row.getString("upload_id"));
                assertThat(checked.getString("state")).isIn("intent", "receiving");
                assertThat(checked.getJsonArray("jobs")).isEmpty();
                upload.reset();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        ledger.check();
        assertThat(new Rows(STACK, "liar-").states()).hasSize(Seeds.count()).doesNotContain("completed");
    }

    @Test
    void aCopyIsAnUploadOfItsOwnWhateverItSaysOfItself() throws IOException {
        String id = stored("original");
        JsonObject original = API.awaitSettled(id);
        String key = STACK.foreignKey("copied");
        STACK.bucket().copy(original.getString("key"), key);

        assertThat(MINIO.deliver(MINIO.event("copy", key))).isEqualTo("reported");

        JsonObject copy = reported(key).completed();
        assertThat(copy.getString("upload_id")).isNotEqualTo(id);
        assertThat(copy.getString("source")).isEqualTo("hint");
        assertThat(API.upload(id)).isEqualTo(original);
    }

    @Test
    void aCopyUnderOurOwnPrefixIsNoUpload() throws IOException {
        JsonObject original = API.awaitSettled(stored("doubled"));
        String key = original.getString("key") + "-copy";
        STACK.bucket().copy(original.getString("key"), key);

        String outcome = MINIO.deliver(MINIO.event("copy", key));

        STACK.bucket().remove(key);
        assertThat(outcome).isEqualTo("unknown-key");
        assertThat(reported(key).rows()).isEmpty();
        assertThat(API.upload(original.getString("upload_id"))).isEqualTo(original);
    }

    @ParameterizedTest
    @ValueSource(strings = {"put-tagging", "delete", "delete-missing", "versioned-delete-marker", "multi-delete-3"})
    void tagsAndRemovalsChangeNothing(String event) throws IOException {
        JsonObject ours = API.awaitSettled(stored("untouched-" + event));
        String theirs = STACK.foreignKey("untouched-" + event);
        STACK.bucket().put(theirs, new Payload(1, 10), Map.of());

        for (String key : List.of(ours.getString("key"), theirs)) {
            assertThat(MINIO.deliver(MINIO.event(event, key))).isIn("ignored", "removed");
        }

        assertThat(API.upload(ours.getString("upload_id"))).isEqualTo(ours);
        assertThat(reported(theirs).rows()).isEmpty();
    }

    /** Under every name that was recorded, odd ones among them. */
    @Test
    void anUnknownObjectIsReportedAndCheckedAndTwiceTheSame() {
        for (String name : MinioSender.recorded()) {
            String folder = STACK.foreignKey("unknown-" + name + "/");
            String key = folder + MinioSender.recordedKey(name);
            JsonObject event = MinioSender.forged(MINIO.eventIn(folder, name));
            STACK.bucket().put(key, new Payload(7, 12_345), Map.of());

            String outcome = MINIO.deliver(event);

            if (!outcome.equals("reported")) {
                assertThat(outcome).as(name).isIn("ignored", "removed");
                assertThat(reported(key).rows()).as(name).isEmpty();
                continue;
            }
            JsonObject row = reported(key).completed();
            assertThat(row.getString("owner")).isEqualTo("default");
            assertThat(row.getJsonNumber("size").longValue()).isEqualTo(12_345);
            assertThat(row.getString("etag")).isNotEqualTo("deadbeefdeadbeefdeadbeefdeadbeef");
            assertThat(MINIO.deliver(event)).isEqualTo("hinted");
            awaitChecked(row.getString("upload_id"));
            assertThat(reported(key).completed()).isEqualTo(row);
        }
    }

    @Test
    void whatIsNotThereIsNotFoundUntilItIs() {
        Seeds.atOnce(seed -> {
            String key = STACK.foreignKey("later-" + seed);
            JsonObject event = MINIO.event("put", key);
            assertThat(MINIO.deliver(event)).isEqualTo("reported");
            JsonObject missing = API.awaitState(reported(key).ids().getFirst(), "failed");
            assertThat(missing.getString("reason")).isEqualTo("not-found");
            assertThat(missing.getJsonArray("jobs")).isEmpty();

            STACK.bucket().put(key, new Payload(seed, 100), Map.of());
            assertThat(MINIO.deliver(event)).isEqualTo("hinted");

            assertThat(reported(key).completed().getString("upload_id")).isEqualTo(missing.getString("upload_id"));
        });
    }

    @Test
    void whatIsOverwrittenIsASecondUpload() {
        String key = STACK.foreignKey("overwritten");
        STACK.bucket().put(key, new Payload(1, 1000), Map.of());
        MINIO.deliver(MINIO.event("put", key));
        JsonObject first = reported(key).completed();

        STACK.bucket().put(key, new Payload(2, 2000), Map.of());
        MINIO.deliver(MINIO.event("overwrite", key));

        Await.until(
                "both are completed", Times.SETTLED, () -> reported(key).ids().size() == 2);
        assertThat(reported(key).ids())
                .extracting(id -> Reported.completed(STACK, id))
                .extracting(row -> row.getJsonNumber("size").longValue())
                .containsExactlyInAnyOrder(1000L, 2000L);
        assertThat(API.upload(first.getString("upload_id"))).isEqualTo(first);
    }

    @Test
    void whatWasAnsweredIsNotLostWhenTheMetadataServiceIsKilledRightAfterIt() {
        List<String> keys = foreignKeys("killed");

        for (String key : keys) {
            assertThat(MINIO.deliver(MINIO.event("put", key))).isEqualTo("reported");
            STACK.metadata().kill9();
            STACK.metadata().start();
        }

        keys.forEach(key -> reported(key).completed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-before-commit", "webhook-after-commit"})
    void aSenderThatRepeatsLosesAndDoublesNothingWhenTheMetadataServiceDiesAt(String moment) throws Exception {
        List<String> keys = foreignKeys(moment);
        AtomicBoolean over = new AtomicBoolean();

        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> sender = executor.submit(() -> {
                do {
                    keys.forEach(key -> MINIO.deliver(MINIO.event("put", key)));
                } while (!over.get());
            });
            try {
                STACK.metadata()
                        .dieAtEach(Seeds.all()
                                .mapToObj(seed -> moment + ":" + (1 + seed % 3))
                                .toList());
            } finally {
                over.set(true);
            }
            sender.get();
        }

        keys.forEach(key -> reported(key).completed());
    }

    /** A hint was written down before it was answered: once nothing is planned any more, its check has been. */
    private static JsonObject awaitChecked(String id) {
        Await.until("it has been checked", Times.SETTLED, () -> API.upload(id).isNull("check"));
        return API.upload(id);
    }

    private static String stored(String filename) throws IOException {
        return Sending.of(filename, new Payload(1, 3000)).send(STACK).uploadId().orElseThrow();
    }

    private static List<JsonObject> settled(String prefix) {
        return new Rows(STACK, prefix).ids().stream().map(API::awaitSettled).toList();
    }

    /** Of objects that somebody else has just stored. */
    private static List<String> foreignKeys(String name) {
        List<String> keys = Seeds.all()
                .mapToObj(seed -> STACK.foreignKey(name + "-" + seed))
                .toList();
        keys.forEach(key -> STACK.bucket().put(key, new Payload(key.hashCode(), 1000), Map.of()));
        return keys;
    }

    private static Reported reported(String key) {
        return new Reported(STACK, key);
    }

    private static Optional<JsonObject> row(String filename) {
        return new Rows(STACK, filename)
                .all().stream()
                        .filter(row -> row.getString("filename").equals(filename))
                        .findFirst();
    }
}
