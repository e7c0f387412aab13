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
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Posted URLs bring the truth forward and never make it. */
class HintTest {
    private static final Stack STACK =
            new Stack("hint", Options.plain().patient().gateway("gateway.stall=PT60S"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    /** Chunked and beyond one part: a multipart upload that a careless check would abort. */
    @ParameterizedTest(name = "chunked {0}")
    @ValueSource(booleans = {false, true})
    void aHintAboutALiveUploadAbortsNothing(boolean chunked) {
        Ledger ledger = new Ledger(STACK);
        Api api = Api.of(STACK);
        Seeds.atOnce(seed -> {
            Sending plain = Sending.of("live-" + chunked + "-" + seed, new Payload(seed, 6_000_000));
            Sending sending = chunked ? plain.inChunks() : plain;
            ledger.expect(sending);
            try (RawUpload upload = sending.open(STACK)) {
                upload.send(sending.payload().bytes(), 0, 5_900_000);
                Await.until("the row is there", Times.SETTLED, () -> row(sending.filename())
                        .isPresent());
                JsonObject row = row(sending.filename()).orElseThrow();

                Answer hint = api.hint(STACK.bucket().urlOf(row.getString("key")));
                JsonObject checked = awaitChecked(row.getString("upload_id"));
                upload.send(sending.payload().bytes(), 5_900_000, 100_000);
                upload.finish();

                assertThat(hint.json().getString("upload_id")).isEqualTo(row.getString("upload_id"));
                assertThat(hint.json().getString("state")).isIn("intent", "receiving");
                assertThat(checked.getString("state")).isIn("intent", "receiving");
                assertThat(checked.getJsonArray("jobs")).isEmpty();
                assertThat(upload.answer(Times.SETTLED).status()).isIn(201, 202);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        ledger.check();
        assertThat(new Rows(STACK, "live-" + chunked).states())
                .hasSize(Seeds.count())
                .containsOnly("completed");
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
        assertThat(ledger.statuses()).isSubsetOf(201, 202);
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

    /** The store holds half of a body that somebody else is sending. */
    @Test
    void anObjectWhoseBodyIsOnItsWayIsNotThere() {
        Api api = Api.of(STACK);
        Seeds.atOnce(seed -> {
            String key = STACK.foreignKey("slow-" + seed);
            String url = STACK.bucket().urlOf(key);
            Payload payload = new Payload(seed, 300_000);
            try (RawUpload put = putToStore(key, payload.size())) {
                put.send(payload.bytes(), 0, 200_000);

                String id = api.hint(url).json().getString("upload_id");
                JsonObject missing = api.awaitState(id, "failed");
                put.send(payload.bytes(), 200_000, 100_000);

                assertThat(missing.getString("reason")).isEqualTo("not-found");
                assertThat(missing.getJsonArray("jobs")).isEmpty();
                assertThat(put.answer(Times.SETTLED).status()).isEqualTo(200);
                assertThat(api.hint(url).json().getString("upload_id")).isEqualTo(id);
                JsonObject row = api.awaitSettled(id);
                assertThat(row.getString("state")).isEqualTo("completed");
                assertThat(row.getJsonNumber("size").longValue()).isEqualTo(payload.size());
                assertThat(row.getJsonArray("jobs")).hasSize(1);
                assertThat(row.getString("processing")).isEqualTo("succeeded");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** A store may list what it has of a body beside the key; for one that does not, a made-up name of the same form stands in. */
    @Test
    void aHalfWrittenFileBesideAnAttemptsKeyIsNoUpload() {
        Ledger ledger = new Ledger(STACK);
        Api api = Api.of(STACK);
        List<Sending> sendings = Seeds.all()
                .mapToObj(seed -> Sending.of("half-" + seed, new Payload(seed, 300_000)))
                .toList();
        try (Bodies bodies = Bodies.open(STACK, ledger, sendings, 250_000)) {
            new Rows(STACK, "half").await(bodies.count(), "receiving");
            List<String> keys = new Rows(STACK, "half").keys();
            List<String> listed = STACK.bucket().listed(STACK.keyPrefix());
            Set<String> before = ids(api);

            for (String key : keys) {
                List<String> halves = listed.stream()
                        .filter(name -> name.startsWith(key + "-"))
                        .toList();
                for (String half : halves.isEmpty() ? List.of(key + "-" + UUID.randomUUID()) : halves) {
                    Answer hint = api.hint(STACK.bucket().urlOf(half));
                    assertThat(hint.status()).as("%s", hint).isEqualTo(404);
                }
            }

            assertThat(ids(api)).isEqualTo(before);
            assertThat(new Rows(STACK, "half").states()).containsOnly("receiving");
            SuiteReport.say("half-written files that the store lists of " + keys.size() + " bodies on their way: "
                    + listed.stream()
                            .filter(name -> keys.stream().anyMatch(key -> name.startsWith(key + "-")))
                            .count());
            assertThat(bodies.finish())
                    .allSatisfy(
                            answer -> assertThat(answer.orElseThrow().status()).isIn(201, 202));
        }
        ledger.check();
    }

    @Test
    void anUnknownKeyUnderTheOwnPrefixIsNoUpload() {
        Api api = Api.of(STACK);
        String key = STACK.keyPrefix() + "2026/01/01/00000000-0000-7000-8000-000000000000";
        STACK.bucket().put(key, new Payload(1, 10), Map.of());
        Set<String> before = ids(api);

        Answer hint = api.hint(STACK.bucket().urlOf(key));

        STACK.bucket().remove(key);
        assertThat(hint.status()).as("%s", hint).isEqualTo(404);
        assertThat(ids(api)).isEqualTo(before);
    }

    /** The hint was written down before it was answered: once nothing is planned any more, its check has been. */
    private static JsonObject awaitChecked(String id) {
        Await.until("it has been checked", Times.SETTLED, () -> Api.of(STACK)
                .upload(id)
                .isNull("check"));
        return Api.of(STACK).upload(id);
    }

    private static RawUpload putToStore(String key, long length) throws IOException {
        URI url = URI.create(STACK.bucket().putUrl(key));
        return RawUpload.withHead(
                url.getPort(),
                "PUT " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                        + "\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n");
    }

    private static Set<String> ids(Api api) {
        return api.uploads().stream().map(row -> row.getString("upload_id")).collect(Collectors.toSet());
    }

    private static Optional<JsonObject> row(String filename) {
        return Api.of(STACK).uploads().stream()
                .filter(row -> filename.equals(row.getString("filename", "")))
                .findFirst();
    }
}
