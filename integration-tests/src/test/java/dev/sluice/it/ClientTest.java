package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.FaultProxy.Mode;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave, stall, cut their bodies short or come twice. */
class ClientTest {
    private static final Stack STACK =
            new Stack("client", Options.plain().withProxies().patient());
    private static final Duration ABORT = Duration.ofSeconds(1);

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void heal() {
        STACK.toStore().mode(Mode.PASS);
    }

    @ParameterizedTest(name = "reset {0}")
    @ValueSource(booleans = {true, false})
    void abortsAtOnceWhenTheClientLeavesMidBody(boolean reset) {
        List<Duration> took = new ArrayList<>();
        Seeds.all().forEach(seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            Sending plain = Sending.of("left-" + reset + "-" + seed, new Payload(seed, 8_000_000));
            Sending sending = random.nextBoolean() ? plain : plain.inChunks();
            try (RawUpload upload = sending.open(STACK)) {
                upload.send(sending.payload().stream(), 1 + random.nextInt(7_900_000));
                String id = awaitReceiving(sending.filename());
                leave(upload, reset);
                long left = System.nanoTime();

                JsonObject row = Api.of(STACK).awaitState(id, "failed");

                took.add(Duration.ofNanos(System.nanoTime() - left));
                assertThat(row.getString("reason")).isEqualTo("client-gone");
                assertThat(STACK.bucket().exists(row.getString("key"))).isFalse();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        // the middle one: a busy machine may hold up any single of them
        took.sort(Comparator.naturalOrder());
        assertThat(took.get(took.size() / 2)).as("%s", took).isLessThanOrEqualTo(ABORT);
    }

    @Test
    void finishesWithoutTheClientOnceItsLastByteIsThere() {
        Seeds.all().forEach(seed -> {
            Sending plain = Sending.of("gone-" + seed, new Payload(seed, 1 + seed % 10 * 30_000));
            Sending sending = seed % 2 == 0 ? plain : plain.inChunks();
            long before = STACK.toStore().toServer();
            STACK.toStore().mode(Mode.HOLD_FINAL_ANSWERS);
            try (RawUpload upload = sending.open(STACK)) {
                upload.send(sending.payload().stream(), sending.payload().size());
                upload.finish();
                String id = awaitReceiving(sending.filename());
                Await.until(
                        "all bytes are at the store",
                        Times.SETTLED,
                        () -> STACK.toStore().toServer() - before
                                >= sending.payload().size());
                leave(upload, seed % 3 == 0);
                STACK.toStore().mode(Mode.PASS);

                Api.of(STACK).awaitState(id, "completed");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aBodyWithoutItsLastChunkIsNoUpload() throws IOException {
        Sending sending = Sending.of("no-last-chunk", new Payload(1, 100_000)).inChunks();
        try (RawUpload upload = sending.open(STACK)) {
            upload.send(sending.payload().stream(), sending.payload().size());
            String id = awaitReceiving(sending.filename());

            upload.shutdownOutput();

            JsonObject row = Api.of(STACK).awaitState(id, "failed");
            assertThat(row.getString("reason")).isIn("client-gone", "body-interrupted");
            assertThat(STACK.bucket().exists(row.getString("key"))).isFalse();
        }
    }

    @Test
    void aStalledClientHearsThatItIsTooSlow() throws IOException {
        Sending sending = Sending.of("stalled", new Payload(1, 100_000));
        try (RawUpload upload = sending.open(STACK)) {
            upload.send(sending.payload().stream(), 50_000);

            Answer answer = upload.answer(Times.SETTLED);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("upload-too-slow");
            assertThat(Api.of(STACK)
                            .awaitState(answer.uploadId().orElseThrow(), "failed")
                            .getString("reason"))
                    .isEqualTo("too-slow");
        }
    }

    @Test
    void aSecondRequestWithTheSameKeyWaitsAndIsToldToComeBack() {
        Seeds.atOnce(seed -> {
            Sending sending =
                    Sending.of("twice-" + seed, new Payload(seed, 50_000)).with("Idempotency-Key", "twice " + seed);
            try (RawUpload first = sending.open(STACK)) {
                first.send(sending.payload().stream(), 10_000);
                awaitReceiving(sending.filename());

                long start = System.nanoTime();
                Answer second = sending.send(STACK);
                Duration waited = Duration.ofNanos(System.nanoTime() - start);
                first.send(sending.payload().bytes(), 10_000, 40_000);
                Answer stored = first.answer(Times.SETTLED);
                Answer third = sending.send(STACK);

                assertThat(second.status()).as("%s", second).isEqualTo(409);
                assertThat(second.code()).isEqualTo("upload-in-progress");
                assertThat(second.header("Retry-After")).contains("1");
                assertThat(waited).isBetween(Times.KEY_WAIT.minusMillis(50), Times.KEY_WAIT.plusSeconds(30));
                assertThat(stored.status()).isEqualTo(201);
                assertThat(third.status()).isEqualTo(201);
                assertThat(third.json()).isEqualTo(stored.json());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aSecondRequestWithTheKeyOfAFailedOneIsANewAttempt() throws IOException {
        Sending sending = Sending.of("retried", new Payload(1, 50_000)).with("Idempotency-Key", "retried");
        String id;
        try (RawUpload first = sending.open(STACK)) {
            first.send(sending.payload().stream(), 10_000);
            id = awaitReceiving(sending.filename());
            first.reset();
        }
        Api.of(STACK).awaitState(id, "failed");

        Answer answer = sending.send(STACK);

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        assertThat(answer.uploadId()).contains(id);
        assertThat(Api.of(STACK).upload(id).getInt("attempt")).isEqualTo(2);
    }

    private static String awaitReceiving(String filename) {
        Await.until(filename + " has a row", Times.SETTLED, () -> rows(filename) == 1);
        return Api.of(STACK).uploads().stream()
                .filter(row -> row.getString("filename").equals(filename))
                .findFirst()
                .orElseThrow()
                .getString("upload_id");
    }

    private static long rows(String filename) {
        return Api.of(STACK).uploads().stream()
                .filter(row -> row.getString("filename").equals(filename))
                .filter(row -> !row.getString("state").equals("intent"))
                .count();
    }

    private static void leave(RawUpload upload, boolean reset) throws IOException {
        if (reset) {
            upload.reset();
        } else {
            upload.close();
        }
    }
}
