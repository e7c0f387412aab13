package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.CallbackReceiver.Mood;
import dev.sluice.it.net.CallbackReceiver.Received;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The metadata service or the receiver of callbacks is away for a while: nothing is lost, nothing comes twice. */
class OutageTest {
    private static final Stack STACK = new Stack("outage", Options.plain().gateway("gateway.stall=PT60S"));
    private static final int MANY = 20;

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void heal() {
        STACK.receiver().mood(Mood.WELL);
        STACK.start();
    }

    @Test
    void refusesBeforeAByteIsReadWhenNobodyCanDecide() throws IOException {
        STACK.metadata().kill9();
        Sending sending = Sending.of("undecided", new Payload(1, 1 << 30));
        try (RawUpload upload = sending.open(STACK)) {

            Answer answer = upload.answer(Times.SETTLED);

            assertThat(answer.status()).as("%s", answer).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("metadata-unavailable");
            assertThat(answer.header("Retry-After")).isPresent();
        }
    }

    @Test
    void says202WhenTheMetadataServiceIsGoneAtCompletionAndCompletesLater() throws IOException {
        Ledger ledger = new Ledger(STACK);
        List<Sending> sendings = IntStream.range(0, MANY)
                .mapToObj(i -> Sending.of("accepted-" + i, new Payload(i, 50_000)))
                .toList();
        List<RawUpload> uploads = new ArrayList<>();
        for (Sending sending : sendings) {
            ledger.expect(sending);
            RawUpload upload = sending.open(STACK);
            upload.send(sending.payload().bytes(), 0, 30_000);
            uploads.add(upload);
        }
        Await.until(
                "all are receiving",
                Times.SETTLED,
                () -> Api.of(STACK).uploads().stream()
                                .filter(row -> row.getString("filename").startsWith("accepted"))
                                .filter(row -> row.getString("state").equals("receiving"))
                                .count()
                        == MANY);
        STACK.metadata().kill9();

        List<String> ids = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            uploads.get(i).send(sendings.get(i).payload().bytes(), 30_000, 20_000);
        }
        for (RawUpload upload : uploads) {
            try (upload) {
                Answer answer = upload.answer(Times.SETTLED);
                assertThat(answer.status()).as("%s", answer).isEqualTo(202);
                assertThat(answer.json().getString("state")).isEqualTo("stored");
                assertThat(answer.header("Location")).isPresent();
                ids.add(answer.uploadId().orElseThrow());
            }
        }
        STACK.metadata().start();

        ids.forEach(id ->
                assertThat(Api.of(STACK).awaitSettled(id).getString("state")).isEqualTo("completed"));
        ledger.check();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {"DOWN", "FAILING", "HANGING"})
    void deliversEveryCallbackLaterWhenTheReceiverIs(Mood mood) {
        Ledger ledger = new Ledger(STACK);
        STACK.receiver().mood(mood);
        List<Sending> sendings = IntStream.range(0, MANY)
                .mapToObj(i -> Sending.of("callback-" + mood + "-" + i, new Payload(i, 1000)))
                .toList();

        Set<String> ids = ledger.sendAll(sendings, () -> {}).stream()
                .map(answer -> answer.orElseThrow().uploadId().orElseThrow())
                .collect(Collectors.toSet());
        Await.until("all are processed", Times.SETTLED, () -> ids.stream()
                .allMatch(id -> Api.of(STACK).upload(id).getString("processing").equals("succeeded")));
        assertThat(completed(ids)).isEmpty();
        STACK.receiver().mood(Mood.WELL);

        Await.until(
                "all are delivered",
                Times.SETTLED,
                () -> completed(ids).stream().map(Received::uploadId).distinct().count() == MANY);
        ledger.check();
        assertThat(completed(ids).stream().map(Received::id).distinct()).hasSize(MANY);
    }

    private static List<Received> completed(Set<String> ids) {
        return STACK.receiver().received().stream()
                .filter(one -> one.type().equals("upload.completed") && ids.contains(one.uploadId()))
                .toList();
    }
}
