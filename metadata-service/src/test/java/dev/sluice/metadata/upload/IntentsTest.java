package dev.sluice.metadata.upload;

import static dev.sluice.metadata.Protocol.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.FreshProtocol;
import dev.sluice.metadata.LogLines;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.upload.IntentAnswer.InProgress;
import dev.sluice.metadata.upload.IntentAnswer.Receive;
import dev.sluice.metadata.upload.IntentAnswer.Refuse;
import dev.sluice.metadata.upload.IntentAnswer.Replay;
import dev.sluice.metadata.upload.UploadRepository.Declared;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IntentsTest extends FreshProtocol {
    private static final Optional<String> KEY = Optional.of("order-4711");
    private static final Failure GONE = Failure.of("client-gone", "left");

    @Test
    void letsARequestInUnderAKeyOfItsOwn() {
        String request = protocol.request();

        IntentAnswer answer = decide(request, Optional.empty());

        assertThat(answer)
                .isEqualTo(new Receive(
                        request,
                        "default",
                        Optional.empty(),
                        1,
                        "uploads",
                        "u/2026/11/21/" + request,
                        1000,
                        "image/jpeg",
                        false));
        assertThat(protocol.upload(request).state()).isEqualTo(UploadState.INTENT);
        assertThat(protocol.upload(request).owner()).isEqualTo("default");
    }

    @Test
    void theSameRequestAgainGetsTheSameAnswer() {
        String request = protocol.request();
        IntentAnswer first = decide(request, KEY);
        protocol.pass(Duration.ofSeconds(3));

        assertThat(decide(request, KEY)).isEqualTo(first);
    }

    @Test
    void refusesWithoutAKey() {
        Intent stranger = new Intent(
                Protocol.GATEWAY,
                Protocol.BOOT,
                new Credentials(Optional.of("Bearer nobody"), Optional.empty()),
                "127.0.0.1",
                Optional.empty(),
                Protocol.declared("photo.jpg", 1),
                false,
                Optional.empty());

        IntentAnswer answer = protocol.intents.decide(protocol.request(), stranger);

        assertThat(answer).isInstanceOfSatisfying(Refuse.class, refuse -> {
            assertThat(refuse.status()).isEqualTo(401);
            assertThat(refuse.code()).isEqualTo("unauthorized");
        });
    }

    @Test
    void refusesWhatIsDeclaredTooLarge() {
        IntentAnswer answer = decide(protocol.request(), Optional.empty(), Protocol.declared("photo.jpg", 1001));

        assertThat(answer).isInstanceOfSatisfying(Refuse.class, refuse -> assertThat(refuse.code())
                .isEqualTo("upload-too-large"));
        assertThat(decide(protocol.request(), Optional.empty(), Protocol.declared("photo.jpg", 1000)))
                .isInstanceOf(Receive.class);
    }

    @Test
    void aCompletedKeyIsReplayedWithoutItsJobs() {
        String id = protocol.letIn(protocol.request(), Protocol.BOOT, KEY);
        protocol.stored(id, 1);

        IntentAnswer answer = decide(protocol.request(), KEY);

        assertThat(answer).isInstanceOfSatisfying(Replay.class, replay -> {
            assertThat(replay.receipt().getString("upload_id")).isEqualTo(id);
            assertThat(replay.receipt()).doesNotContainKey("jobs");
        });
    }

    @Test
    void aKeyThatIsBeingReceivedIsInProgressAfterTheWait() {
        String id = protocol.letIn(protocol.request(), Protocol.BOOT, KEY);
        long began = System.nanoTime();

        IntentAnswer answer = decide(protocol.request(), KEY);

        assertThat(answer).isEqualTo(new InProgress(id));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Protocol.TIMES.keyWait());
        assertThat(answer.json(5)).isEqualTo(Protocol.json("""
                {"decision":"refuse","now_ms":5,"status":409,"code":"upload-in-progress",
                 "detail":"The same Idempotency-Key is being received now.","retry_after_seconds":1,"upload_id":"%s"}""".formatted(id)));
    }

    @Test
    void theWaiterHearsOfTheEndAtOnce() throws Exception {
        Protocol patient = protocol;
        String id = patient.letIn(patient.request(), Protocol.BOOT, KEY);
        Times longWait = withKeyWait(Duration.ofSeconds(30));
        Intents intents = new Intents(patient.tables, patient.gate(), Protocol.POLICY, longWait);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<IntentAnswer> waiter = executor.submit(() -> intents.decide(
                    patient.request(), patient.intent(Protocol.BOOT, KEY, Protocol.declared("photo.jpg", 10))));

            patient.stored(id, 1);

            assertThat(waiter.get(10, TimeUnit.SECONDS)).isInstanceOf(Replay.class);
        }
    }

    @Test
    void aKeyThatIsNobodysIsCheckedNow() {
        String id = protocol.letIn(protocol.request(), Protocol.BOOT, KEY);
        String other = protocol.request();
        protocol.pass(Duration.ofSeconds(58));
        protocol.freeze(Duration.ofSeconds(3));

        IntentAnswer answer = decide(other, "boot-2", KEY);

        assertThat(answer).isInstanceOfSatisfying(Refuse.class, refuse -> {
            assertThat(refuse.code()).isEqualTo("upload-in-doubt");
            assertThat(refuse.retryAfterSeconds()).contains(1L);
        });
        protocol.sweep.run();
        assertThat(protocol.check(ABSENT).getBoolean("nobody")).isTrue();
        assertThat(decide(other, "boot-2", KEY))
                .isInstanceOfSatisfying(Refuse.class, refuse -> assertThat(refuse.retryAfterSeconds())
                        .contains(35L));
        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);
    }

    @Test
    void logsWhatWasDecidedWithTheCorrelationOfTheRequest() {
        String id = protocol.request();
        String other = protocol.request();
        try (LogLines log = new LogLines(Intents.class.getName())) {
            decide(id, KEY);
            decide(other, KEY, Protocol.declared("other.jpg", 10));
            protocol.stored(id, 1);
            decide(protocol.request(), KEY);

            assertThat(log.lines)
                    .containsExactly(
                            "intent decided id=" + id + " attempt=1 decision=receive correlation=c0ffee",
                            "intent decided id=" + id + " decision=refuse code=idempotency-mismatch correlation=c0ffee",
                            "intent decided id=" + id + " attempt=1 decision=replay correlation=c0ffee");
        }
    }

    @Test
    void aKeyInDoubtIsRefusedUntilTheNextLookAlthoughItsGatewayLives() {
        String id = protocol.letIn(protocol.request(), Protocol.BOOT, KEY);
        protocol.reports.inDoubt(id, 1, "the store's answer did not come");
        assertThat(decide(protocol.request(), KEY)).isInstanceOfSatisfying(Refuse.class, refuse -> {
            assertThat(refuse.code()).isEqualTo("upload-in-doubt");
            assertThat(refuse.retryAfterSeconds()).contains(1L);
        });
        protocol.sweep.run();
        protocol.check(ABSENT);

        IntentAnswer answer = decide(protocol.request(), KEY);

        assertThat(answer).isInstanceOfSatisfying(Refuse.class, refuse -> {
            assertThat(refuse.code()).isEqualTo("upload-in-doubt");
            assertThat(refuse.retryAfterSeconds()).contains(35L);
        });
    }

    @Test
    void aFailedKeyGetsANewAttemptWithAKeyOfItsOwn() {
        String first = protocol.request();
        String id = protocol.letIn(first, Protocol.BOOT, KEY);
        protocol.reports.verdict(first, 1, GONE);
        String second = protocol.request();

        IntentAnswer answer = decide(second, KEY);

        assertThat(answer).isInstanceOfSatisfying(Receive.class, receive -> {
            assertThat(receive.uploadId()).isEqualTo(id);
            assertThat(receive.attempt()).isEqualTo(2);
            assertThat(receive.key()).endsWith(second);
        });
        assertThat(protocol.upload(id).state()).isEqualTo(UploadState.INTENT);
        assertThat(protocol.upload(id).reason()).isEmpty();
        assertThat(protocol.upload(id).objectKey()).endsWith(second);
        assertThat(decide(first, KEY)).isInstanceOfSatisfying(Receive.class, receive -> assertThat(receive.attempt())
                .isEqualTo(1));
    }

    @Test
    void theSameKeyWithAnotherNameLengthOrDigestIsAMismatch() {
        Declared digest =
                new Declared(Optional.of("photo.jpg"), Optional.of("image/jpeg"), Optional.empty(), Optional.of("aa"));
        assertThat(decide(protocol.request(), KEY, digest)).isInstanceOf(Receive.class);
        String length = "other-key";
        protocol.letIn(protocol.request(), Protocol.BOOT, Optional.of(length));

        assertMismatch(KEY, Protocol.declared("other.jpg", 10));
        assertMismatch(
                KEY, new Declared(Optional.of("photo.jpg"), Optional.empty(), Optional.of(1L), Optional.of("bb")));
        assertMismatch(Optional.of(length), Protocol.declared("photo.jpg", 11));
    }

    @Test
    void whatOnlyOneSideDeclaresIsNoMismatch() {
        protocol.letIn(protocol.request(), Protocol.BOOT, KEY);

        IntentAnswer answer = decide(
                protocol.request(),
                KEY,
                new Declared(Optional.of("photo.jpg"), Optional.empty(), Optional.empty(), Optional.of("bb")));

        assertThat(answer).isInstanceOf(InProgress.class);
    }

    private void assertMismatch(Optional<String> key, Declared declared) {
        assertThat(decide(protocol.request(), key, declared)).isInstanceOfSatisfying(Refuse.class, refuse -> {
            assertThat(refuse.status()).isEqualTo(422);
            assertThat(refuse.code()).isEqualTo("idempotency-mismatch");
        });
    }

    private IntentAnswer decide(String request, Optional<String> key) {
        return decide(request, Protocol.BOOT, key);
    }

    private IntentAnswer decide(String request, String boot, Optional<String> key) {
        return protocol.intents.decide(
                request, protocol.intent(boot, key, Protocol.declared("photo.jpg", Protocol.LENGTH)));
    }

    private IntentAnswer decide(String request, Optional<String> key, Declared declared) {
        return protocol.intents.decide(request, protocol.intent(Protocol.BOOT, key, declared));
    }

    private static Times withKeyWait(Duration wait) {
        Times times = Protocol.TIMES;
        return new Times(
                times.silent(),
                times.replaced(),
                times.recheck(),
                times.finalCheck(),
                times.hint(),
                times.checkBackoffCap(),
                wait,
                times.bucketGone(),
                times.lateTimer(),
                times.sweep());
    }
}
