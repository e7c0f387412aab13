package dev.sluice.metadata.upload;

import static dev.sluice.metadata.authorize.AskedApplication.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.LogLines;
import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.authorize.AskedApplication;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.upload.IntentAnswer.InProgress;
import dev.sluice.metadata.upload.IntentAnswer.Receive;
import dev.sluice.metadata.upload.IntentAnswer.Refuse;
import dev.sluice.metadata.upload.IntentAnswer.Replay;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Intents where the application has a say. */
class AuthorizedIntentsTest extends AskedIntents {
    @Test
    void itsTermsHold() {
        asked.answer(
                status(200, "{\"owner\":\"shop\",\"bucket\":\"pictures\",\"max_bytes\":10,\"data\":{\"order\":4711}}"));
        String request = protocol.request();

        IntentAnswer answer = decide(request, Optional.empty(), 10);

        assertThat(answer)
                .isEqualTo(new Receive(
                        request,
                        "shop",
                        Optional.empty(),
                        1,
                        "pictures",
                        "u/2026/11/21/" + request,
                        10,
                        "image/jpeg",
                        false));
        Upload upload = protocol.upload(request);
        assertThat(upload.owner()).isEqualTo("shop");
        assertThat(upload.bucket()).isEqualTo("pictures");
        assertThat(upload.data()).contains("{\"order\":4711}");
    }

    @Test
    void withoutTermsOursHoldAndTheUploadIsTheApplications() {
        String request = protocol.request();

        assertThat(decide(request, Optional.empty(), 10)).isInstanceOfSatisfying(Receive.class, receive -> {
            assertThat(receive.bucket()).isEqualTo("uploads");
            assertThat(receive.maxBytes()).isEqualTo(1000);
        });
        assertThat(protocol.upload(request).owner()).isEqualTo("application");
        assertThat(protocol.upload(request).data()).isEmpty();
    }

    @Test
    void aKeyOfOursIsNotShownButItsOwnerIs() throws Exception {
        String request = protocol.request();
        Credentials ours = new Credentials(Optional.of(protocol.key), Optional.of("session=1"));

        assertThat(decide(request, ours, Optional.empty(), 10)).isInstanceOf(Receive.class);

        AskedApplication.Asked question = asked.asked.take();
        assertThat(question.headers().containsKey("authorization")).isFalse();
        assertThat(question.headers().get("cookie")).containsExactly("session=1");
        assertThat(question.body().getString("owner")).isEqualTo("default");
        assertThat(protocol.upload(request).owner()).isEqualTo("default");
    }

    @ParameterizedTest
    @ValueSource(strings = {Protocol.WORKER_TOKEN, Protocol.GATEWAY_TOKEN})
    void aTokenOfAServiceIsShownToNobody(String token) throws Exception {
        Credentials astray = new Credentials(Optional.of("Bearer " + token), Optional.empty());

        decide(astray, Optional.empty(), 10);

        AskedApplication.Asked question = asked.asked.take();
        assertThat(question.headers().containsKey("authorization")).isFalse();
        assertThat(question.body().isNull("owner")).isTrue();
    }

    @Test
    void anotherAuthorizationIsTheApplicationsAffair() throws Exception {
        Credentials theirs = new Credentials(Optional.of("Bearer ey.jwt"), Optional.empty());

        assertThat(decide(theirs, Optional.empty(), 10)).isInstanceOf(Receive.class);

        AskedApplication.Asked question = asked.asked.take();
        assertThat(question.headers().get("authorization")).containsExactly("Bearer ey.jwt");
        assertThat(question.body().isNull("owner")).isTrue();
    }

    @Test
    void refusesInTheApplicationsWordsAndKeepsNothing() {
        asked.answer(status(403, "{\"detail\":\"Log in first.\"}"));
        String request = protocol.request();

        assertThat(decide(request, KEY, 10)).isEqualTo(new Refuse(403, "refused-by-application", "Log in first."));
        assertThat(protocol.database.<Optional<Upload>>read(
                        tx -> protocol.tables.uploads().find(tx, request)))
                .isEmpty();
    }

    @Test
    void failsClosed() {
        asked.answer(status(500, ""), status(200, "{\"bucket\":\"elsewhere\"}"), status(503, "", "Retry-After", "9"));

        assertThat(decide(protocol.request(), KEY, 10)).isEqualTo(undecided(5));
        assertThat(decide(protocol.request(), KEY, 10)).isEqualTo(undecided(5));
        assertThat(decide(protocol.request(), KEY, 10)).isEqualTo(undecided(9));
    }

    @Test
    void isAskedEachTimeAnewForAnotherRequest() {
        asked.answer(status(200, "{}"), status(403, "{}"), status(200, "{}"));
        String request = protocol.request();
        assertThat(decide(request, KEY, 10)).isInstanceOf(Receive.class);
        protocol.stored(request, 1);

        assertThat(decide(protocol.request(), KEY, 10)).isInstanceOf(Refuse.class);
        assertThat(decide(protocol.request(), KEY, 10)).isInstanceOf(Replay.class);
        assertThat(asked.asked).hasSize(3);
    }

    @Test
    void isNotAskedAgainWhenTheSameRequestIsRepeated() {
        asked.answer(status(200, "{\"max_bytes\":77,\"bucket\":\"pictures\"}"), status(403, "{}"));
        String request = protocol.request();
        IntentAnswer first = decide(request, KEY, 10);

        assertThat(decide(request, KEY, 10)).isEqualTo(first);
        assertThat(first).isInstanceOfSatisfying(Receive.class, receive -> assertThat(receive.maxBytes())
                .isEqualTo(77));
        assertThat(asked.asked).hasSize(1);
    }

    /** The gateway counts what each user has open, and needs no name for that. */
    @Test
    void aUserIsTheSameDigestInEveryAnswerAndNoNameInAny() {
        asked.answer(status(200, "{\"user\":\"maria\"}"), status(200, "{\"user\":\"paul\"}"));
        String request = protocol.request();
        IntentAnswer first = decide(request, Optional.empty(), 10);

        IntentAnswer repeated = decide(request, Optional.empty(), 10);
        IntentAnswer others = decide(protocol.request(), Optional.empty(), 10);

        assertThat(repeated).isEqualTo(first);
        assertThat(asked.asked).hasSize(2);
        assertThat(user(first)).hasValueSatisfying(digest -> assertThat(digest).matches("[0-9a-f]{64}"));
        assertThat(user(others)).isPresent().isNotEqualTo(user(first));
        assertThat(first.json(0).getString("user")).isEqualTo(user(first).orElseThrow());
        assertThat(first.logText()).doesNotContain("maria", user(first).orElseThrow());
    }

    @Test
    void aNewAttemptIsOnTheNewTerms() {
        asked.answer(
                status(200, "{\"bucket\":\"pictures\",\"max_bytes\":10,\"data\":{\"try\":1}}"),
                status(200, "{\"max_bytes\":20,\"data\":{\"try\":2}}"));
        String first = protocol.request();
        decide(first, KEY, 10);
        protocol.reports.verdict(first, 1, Failure.of("client-gone", "left"));

        IntentAnswer answer = decide(protocol.request(), KEY, 10);

        assertThat(answer).isInstanceOfSatisfying(Receive.class, receive -> {
            assertThat(receive.attempt()).isEqualTo(2);
            assertThat(receive.bucket()).isEqualTo("uploads");
            assertThat(receive.maxBytes()).isEqualTo(20);
        });
        assertThat(protocol.upload(first).bucket()).isEqualTo("uploads");
        assertThat(protocol.upload(first).data()).contains("{\"try\":2}");
        assertThat(protocol.attempt(first, 1).bucket()).isEqualTo("pictures");
    }

    @Test
    void theWaitForAnotherRequestAsksOnce() {
        decide(protocol.request(), KEY, 10);

        assertThat(decide(protocol.request(), KEY, 10)).isInstanceOf(InProgress.class);
        assertThat(asked.asked).hasSize(2);
    }

    @Test
    void itsLimitIsNeverAboveOurs() {
        asked.answer(status(200, "{\"max_bytes\":5000}"), status(200, "{\"max_bytes\":9}"));

        assertThat(decide(protocol.request(), Optional.empty(), 10))
                .isInstanceOfSatisfying(
                        Receive.class, receive -> assertThat(receive.maxBytes()).isEqualTo(1000));
        assertThat(decide(protocol.request(), Optional.empty(), 10))
                .isEqualTo(new Refuse(413, "upload-too-large", "The limit is 9 bytes."));
    }

    @Test
    void isNotAskedAboutWhatIsTooLargeAnyway() {
        assertThat(decide(protocol.request(), Optional.empty(), 1001)).isInstanceOf(Refuse.class);
        assertThat(asked.asked).isEmpty();
    }

    @Test
    void isToldTheCookiesThatAHeaderCanSay() throws Exception {
        Credentials mixed =
                new Credentials(Optional.empty(), Optional.of("n\u00e4me=1; session=topsecret; b=\u6f22; c=3"));
        Credentials none = new Credentials(Optional.empty(), Optional.of("a=\u00e9"));

        decide(mixed, Optional.empty(), 10);
        decide(none, Optional.empty(), 10);

        assertThat(asked.asked.take().headers().get("cookie")).containsExactly("session=topsecret; c=3");
        assertThat(asked.asked.take().headers().containsKey("cookie")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=\r\nX-Admin: 1", "a=1\nb", "a=\0"})
    void isNotToldWhatNoHeaderCanSay(String cookie) {
        Credentials broken = new Credentials(Optional.empty(), Optional.of(cookie));

        assertThat(decide(broken, Optional.empty(), 10))
                .isInstanceOfSatisfying(
                        Refuse.class, refuse -> assertThat(refuse.code()).isEqualTo("bad-request"));
        assertThat(asked.asked).isEmpty();
    }

    @Test
    void nobodyWaitsForTheDatabaseMeanwhile() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        asked.answer(exchange -> {
            arrived.countDown();
            go.await();
            status(204, "").answer(exchange);
        });
        CompletableFuture<IntentAnswer> waiting =
                CompletableFuture.supplyAsync(() -> decide(protocol.request(), Optional.empty(), 10));
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

        Committer committer = protocol.committer;
        assertThat(committer.<Integer>commit(tx -> 7)).isEqualTo(7);

        go.countDown();
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isInstanceOf(Receive.class);
    }

    @Test
    void aBucketThatIsNotForItIsInTheLog() {
        asked.answer(status(200, "{\"bucket\":\"else where\"}"));
        try (LogLines log = new LogLines(Gate.class.getName())) {
            decide(protocol.request(), KEY, 10);

            assertThat(log.lines)
                    .containsExactly(
                            "application undecided reason=bucket not in metadata.authorize.buckets bucket=else?where correlation=c0ffee");
        }
    }

    @Test
    void logsNothingOfTheClients() {
        try (LogLines log = new LogLines(Intents.class.getName())) {
            asked.answer(status(403, "{\"detail\":\"not you\"}"));
            decide(protocol.request(), KEY, 10);

            assertThat(log.lines)
                    .containsExactly(
                            "intent decided id=- decision=refuse code=refused-by-application correlation=c0ffee");
        }
    }

    private static Optional<String> user(IntentAnswer answer) {
        return answer instanceof Receive receive ? receive.user() : Optional.empty();
    }

    private IntentAnswer decide(String request, Optional<String> key, long length) {
        return decide(request, SESSION, key, length);
    }

    private static Refuse undecided(long retryAfter) {
        return new Refuse(
                503,
                "application-unavailable",
                "The application did not decide about this upload; nothing was read.",
                Optional.of(retryAfter),
                Optional.empty());
    }
}
