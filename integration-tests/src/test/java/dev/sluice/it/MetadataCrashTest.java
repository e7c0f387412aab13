package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of docs/upload-life.md §5 in which the metadata service dies or its answer is lost. */
class MetadataCrashTest {
    /** An intent may be unlucky several times in a row, which is longer than any client has to wait in earnest. */
    private static final Stack STACK = new Stack(
            "metadata-crash",
            Options.plain().withProxies().gateway("gateway.intent-timeout=PT150S", "gateway.stall=PT60S"));

    private static final int CLIENTS = 3;
    private static final Payload PAYLOAD = new Payload(1, 400_000);

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @AfterEach
    void heal() {
        STACK.toStore().mode(Mode.PASS);
        STACK.start();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "intent-before-commit",
                "intent-after-commit",
                "completion-before-commit",
                "completion-after-commit",
                "job-complete-before-commit",
                "job-complete-after-commit",
                "delivery-sent"
            })
    void everyClientHears201Or202WhenTheMetadataServiceDiesAt(String moment) {
        Ledger ledger = new Ledger(STACK);

        ledger.keepSending(
                CLIENTS, number -> Sending.small(moment + "-" + number, Seeds.first() + number), () -> STACK.metadata()
                        .dieAtEach(deaths(moment)));

        ledger.check();
        assertThat(ledger.statuses()).isSubsetOf(201, 202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"check-before-commit", "check-after-commit"})
    void checksFindTheObjectWhenTheMetadataServiceDiesAt(String moment) {
        Ledger ledger = new Ledger(STACK);
        STACK.toStore().mode(Mode.LOSE_ANSWERS);

        ledger.keepSending(
                CLIENTS,
                number -> Sending.of("found-" + moment + "-" + number, new Payload(number, 1 + 1000L * number)),
                () -> STACK.metadata().dieAtEach(deaths(moment)));
        STACK.toStore().mode(Mode.PASS);

        ledger.check();
        assertThat(ledger.statuses()).containsExactly(503);
        assertThat(rows("found-" + moment))
                .allSatisfy(row -> assertThat(row.getString("state")).isEqualTo("completed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"check-before-commit", "check-after-commit"})
    void checksMissTheObjectWhenTheMetadataServiceDiesAt(String moment) throws IOException {
        Ledger ledger = new Ledger(STACK);
        List<RawUpload> uploads = openUploads(ledger, "missed-" + moment, 3 * Seeds.count());

        STACK.gateway().kill9();
        STACK.metadata().close();
        STACK.gateway().launch();
        STACK.metadata()
                .dieAtEach(Seeds.all()
                        .mapToObj(seed -> moment + ":" + (1 + seed % 2))
                        .toList());
        STACK.gateway().awaitReady();

        for (RawUpload upload : uploads) {
            upload.close();
        }
        ledger.check();
        assertThat(rows("missed-" + moment))
                .hasSize(uploads.size())
                .allSatisfy(row -> assertThat(row.getString("state")).isEqualTo("expired"));
    }

    @Test
    void theRowExpiresWhenIntentAnswerAndGatewayAreBothLost() {
        Ledger ledger = new Ledger(STACK);
        STACK.metadata().kill9();
        STACK.metadata().startToHalt("intent-after-commit:1");

        ledger.sendAll(List.of(Sending.of("both-lost", new Payload(1, 1000))), () -> {
            STACK.metadata().awaitEnd();
            STACK.gateway().kill9();
        });
        STACK.start();

        ledger.check();
        assertThat(rows("both-lost")).singleElement().satisfies(row -> assertThat(row.getString("state"))
                .isEqualTo("expired"));
    }

    @Test
    void nobodyIsDeclaredDeadWhileTheMetadataServiceIsFrozenOrGone() throws IOException {
        Ledger ledger = new Ledger(STACK);
        List<RawUpload> uploads = openUploads(ledger, "patient", Seeds.count());

        keepAliveWhile(uploads, () -> {
            STACK.metadata().freeze();
            Await.pass(Times.SILENT.multipliedBy(2));
            STACK.metadata().thaw();
            Await.pass(Times.SILENT);
            STACK.metadata().kill9();
            Await.pass(Times.SILENT.multipliedBy(2));
            STACK.metadata().start();
            Await.pass(Times.SILENT);
        });

        for (RawUpload upload : uploads) {
            try (upload) {
                assertThat(upload.answer(Times.SETTLED).status()).isIn(201, 202);
            }
        }
        ledger.check();
        assertThat(rows("patient")).allSatisfy(row -> {
            assertThat(row.getString("state")).isEqualTo("completed");
            assertThat(row.getInt("attempt")).isEqualTo(1);
        });
    }

    private static List<String> deaths(String moment) {
        return Seeds.all()
                .mapToObj(seed -> moment + ":" + (1 + new SplittableRandom(seed).nextInt(2 * CLIENTS)))
                .toList();
    }

    /** So many uploads that have sent 40 kB and are known as receiving. */
    private static List<RawUpload> openUploads(Ledger ledger, String name, int count) throws IOException {
        List<RawUpload> uploads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Sending sending = Sending.of(name + "-" + i, PAYLOAD);
            ledger.expect(sending);
            RawUpload upload = sending.open(STACK);
            upload.send(PAYLOAD.bytes(), 0, 40_000);
            uploads.add(upload);
        }
        Await.until(
                "all are receiving",
                Times.SETTLED,
                () -> rows(name).stream()
                                .filter(row -> row.getString("state").equals("receiving"))
                                .count()
                        == count);
        return uploads;
    }

    /** Every client goes on a little at a time so that no watchdog ends it, on a slow machine too, and sends its rest when the action is over. */
    private static void keepAliveWhile(List<RawUpload> uploads, Runnable action) throws IOException {
        byte[] bytes = PAYLOAD.bytes();
        FutureTask<Boolean> running = new FutureTask<>(action, true);
        Thread.startVirtualThread(running);
        int sent = 40_000;
        while (!running.isDone() && sent < 390_000) {
            for (RawUpload upload : uploads) {
                upload.send(bytes, sent, 800);
            }
            sent += 800;
            Await.pass(Duration.ofMillis(250));
        }
        Await.until("the action is over", Times.SETTLED, running::get);
        for (RawUpload upload : uploads) {
            upload.send(bytes, sent, bytes.length - sent);
        }
    }

    private static List<JsonObject> rows(String prefix) {
        return Api.of(STACK).uploads().stream()
                .filter(row -> row.getString("filename").startsWith(prefix))
                .toList();
    }
}
