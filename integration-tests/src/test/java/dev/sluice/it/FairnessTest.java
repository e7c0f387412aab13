package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.AskedApplication;
import dev.sluice.it.net.AskedApplication.Say;
import dev.sluice.it.net.FaultProxy.Hold;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Futures;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One client that takes all it gets, or one connection to the store that hangs, is no other client's affair. */
class FairnessTest {
    private static final int PLACES = 20;
    private static final int OF_CLIENT = 16;
    private static final int OF_SECOND_CLIENT = 2;
    private static final int OF_USER = 14;
    private static final int PART_BUFFERS = 5;
    private static final int BUFFERS_OF_CLIENT = 3;
    private static final int MANY = 20;
    private static final int AT_ONCE = 4;
    /** More than nginx keeps before it passes a body on: it would declare the length of a shorter one. */
    private static final int SIZE = 300_000;
    /** More than a part. */
    private static final int TWO_PARTS = 6_000_000;
    /** More than the sockets between gateway and store swallow. */
    private static final int LARGE = 30_000_000;

    private static final Pattern ANY_PUT = Pattern.compile("PUT ");
    private static final AskedApplication APPLICATION = new AskedApplication();
    private static final Say NOBODY_NAMED = new Say(204, "");
    private static final Stack STACK = new Stack(
            "fairness",
            Options.plain()
                    .withProxies()
                    .patient()
                    .metadata("metadata.authorize.url=" + APPLICATION.url(), "metadata.authorize.timeout=PT20S")
                    .gateway(
                            "gateway.intent-timeout=PT60S",
                            "gateway.address-share=95",
                            "gateway.owner-share=90",
                            "gateway.client-share=90",
                            "gateway.max-open-uploads=" + PLACES,
                            "gateway.part-buffers=" + PART_BUFFERS,
                            "gateway.stall=PT100S",
                            "gateway.min-bytes-per-second=0",
                            "storage.continue-timeout=PT120S",
                            "storage.answer-timeout=PT120S"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    private final ExecutorService listeners = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeEach
    void nameNobody() {
        APPLICATION.say(NOBODY_NAMED);
    }

    @AfterEach
    void release() {
        STACK.toStore().release();
    }

    @AfterAll
    static void stop() {
        APPLICATION.close();
    }

    /** Its own X-Forwarded-For gives a client no other address. */
    @Test
    void whoTakesAllPlacesItGetsLocksNobodyOut() throws Exception {
        try (Greedy first = new Greedy("default", "127.0.0.1", false);
                Greedy second = new Greedy("other", "127.0.0.1", false)) {
            first.openUntilRefused();
            assertThat(first.open()).isEqualTo(OF_CLIENT);
            assertOthersGetIn(false);

            second.openUntilRefused();
            assertThat(second.open()).isEqualTo(OF_SECOND_CLIENT);
            assertThat(upload("other", "127.0.0.2", false).status())
                    .as("from an address that has not its share")
                    .isEqualTo(201);
        }
        Await.until("places are free again", Times.SETTLED, () -> openUploads() == 0);
        assertThat(upload("default", "127.0.0.1", false).status()).isEqualTo(201);
    }

    @Test
    void whoTakesAllPartBuffersItGetsLocksNobodyOut() throws Exception {
        try (Greedy first = new Greedy("default", "127.0.0.1", true)) {
            first.openUntilRefused();
            assertThat(first.open()).isEqualTo(BUFFERS_OF_CLIENT);
            assertOthersGetIn(true);
        }
        Await.until("buffers are free again", Times.SETTLED, () -> openUploads() == 0);
        assertThat(upload("default", "127.0.0.1", true).status()).isEqualTo(201);
    }

    private static void assertOthersGetIn(boolean chunked) throws IOException {
        assertThat(upload("default", "127.0.0.2", chunked).status())
                .as("the same owner from elsewhere")
                .isEqualTo(201);
        assertThat(upload("other", "127.0.0.2", chunked).status())
                .as("another owner from elsewhere")
                .isEqualTo(201);
        assertThat(upload("other", "127.0.0.1", chunked).status())
                .as("another owner at the same address")
                .isEqualTo(201);
    }

    /** As the application names them: to it, all users are one owner's. */
    @Test
    void aUserWhoTakesAllPlacesHeGetsLocksNoOtherOut() throws Exception {
        APPLICATION.say(new Say(200, "{\"user\":\"maria\"}"));
        try (Greedy maria = new Greedy("default", "127.0.0.1", false)) {
            maria.openUntilRefused();
            assertThat(maria.open()).isEqualTo(OF_USER);

            APPLICATION.say(new Say(200, "{\"user\":\"paul\"}"));
            assertThat(upload("default", "127.0.0.1", false).status())
                    .as("another user at the same address")
                    .isEqualTo(201);
            assertThat(upload("default", "127.0.0.2", false).status())
                    .as("another user from elsewhere")
                    .isEqualTo(201);
        }
        Await.until("places are free again", Times.SETTLED, () -> openUploads() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionToTheStoreThatHangsSlowsOnlyItsOwnUpload(Hold where) throws Exception {
        Ledger ledger = new Ledger(STACK);
        sendMany(ledger, "warm-up-" + where);
        Duration calm = sendMany(ledger, "calm-" + where);
        Sending unlucky = Sending.of("unlucky-" + where, new Payload(1, LARGE));
        STACK.toStore().hold(1, ANY_PUT, where);
        Future<?> hanging = listeners.submit(() -> ledger.send(unlucky));
        Await.until("it hangs", Times.SETTLED, () -> STACK.toStore().held() == 1);

        Duration meanwhile = sendMany(ledger, "meanwhile-" + where);

        assertThat(ledger.count(201)).isEqualTo(3 * MANY);
        assertThat(hanging.isDone()).as("it hangs still").isFalse();
        assertThat(meanwhile)
                .as("%d uploads, which take %s in calm", MANY, calm)
                .isLessThanOrEqualTo(calm.multipliedBy(2).plusSeconds(1));
        STACK.toStore().release();
        hanging.get();
        assertThat(ledger.count(201)).isEqualTo(3 * MANY + 1);
    }

    /** Returns how long it took. */
    private static Duration sendMany(Ledger ledger, String name) {
        List<Sending> all = IntStream.range(0, MANY)
                .mapToObj(i -> Sending.of(name + "-" + i, new Payload(i, i % AT_ONCE == 0 ? TWO_PARTS : 100_000)))
                .toList();
        long begin = System.nanoTime();
        for (int i = 0; i < MANY; i += AT_ONCE) {
            ledger.sendAll(all.subList(i, i + AT_ONCE - 1), () -> {});
            ledger.send(all.get(i + AT_ONCE - 1).inChunks());
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** A part that the store does not take keeps its buffer: the client of such parts must not have all buffers. */
    @Test
    void partsThatTheStoreDoesNotTakeLeaveBuffersToOthers() throws Exception {
        STACK.toStore().hold(BUFFERS_OF_CLIENT, ANY_PUT, Hold.BODY);
        List<Future<Answer>> hanging = new ArrayList<>();
        for (int i = 0; i < BUFFERS_OF_CLIENT; i++) {
            Sending parts = Sending.of("parts-" + i, new Payload(i, TWO_PARTS)).inChunks();
            hanging.add(listeners.submit(() -> parts.send(STACK)));
        }
        Await.until("all hang", Times.SETTLED, () -> STACK.toStore().held() == BUFFERS_OF_CLIENT);

        assertThat(upload("default", "127.0.0.1", true).code()).isEqualTo("share-taken");
        assertThat(upload("default", "127.0.0.1", false).status()).isEqualTo(201);
        assertThat(upload("default", "127.0.0.2", true).status()).isEqualTo(201);
        assertThat(upload("other", "127.0.0.2", true).status()).isEqualTo(201);

        STACK.toStore().release();
        assertThat(Futures.results(hanging)).extracting(Answer::status).containsOnly(201);
    }

    /** Opens uploads that stand still behind their first bytes. */
    private final class Greedy implements AutoCloseable {
        private final String owner;
        private final String address;
        private final boolean chunked;
        private final List<RawUpload> uploads = new ArrayList<>();
        private final List<Future<Answer>> answers = new ArrayList<>();

        Greedy(String owner, String address, boolean chunked) {
            this.owner = owner;
            this.address = address;
            this.chunked = chunked;
        }

        void openUntilRefused() throws Exception {
            while (answers.stream().noneMatch(Future::isDone)) {
                long before = receiving();
                RawUpload upload = head(owner, address, chunked, "greedy");
                uploads.add(upload);
                upload.send(new byte[10], 0, 10);
                Future<Answer> answer = listeners.submit(() -> upload.answer(Times.SETTLED));
                answers.add(answer);
                Await.until("one more is open", Times.SETTLED, () -> answer.isDone() || receiving() == before + 1);
            }
            Answer refused = answers.getLast().get();
            assertThat(refused.status()).as("%s", refused).isEqualTo(503);
            assertThat(refused.code()).isEqualTo("share-taken");
            assertThat(refused.header("Retry-After")).isPresent();
        }

        /** How many wait for the rest of their bodies. */
        int open() {
            return (int) answers.stream().filter(answer -> !answer.isDone()).count();
        }

        private long receiving() {
            return new Api(STACK, owner)
                    .uploads().stream()
                            .filter(row -> row.getString("state").equals("receiving"))
                            .count();
        }

        @Override
        public void close() throws IOException {
            for (RawUpload upload : uploads) {
                upload.reset();
            }
        }
    }

    private static Answer upload(String owner, String address, boolean chunked) throws IOException {
        try (RawUpload upload = head(owner, address, chunked, "modest")) {
            try {
                upload.send(new byte[SIZE], 0, SIZE);
                upload.finish();
            } catch (IOException refused) {
                return upload.answer(Times.SETTLED);
            }
            return upload.answer(Times.SETTLED);
        }
    }

    private static RawUpload head(String owner, String address, boolean chunked, String name) throws IOException {
        return new RawUpload(
                InetAddress.ofLiteral(address),
                STACK.port(),
                "PUT /upload/" + name,
                Map.of(
                        "Authorization", "Bearer " + STACK.key(owner),
                        "Content-Type", "application/octet-stream",
                        "X-Forwarded-For", "10.0.0." + System.nanoTime() % 250),
                chunked ? OptionalLong.empty() : OptionalLong.of(SIZE));
    }

    private static long openUploads() {
        return STACK.gatewayGauge("sluice_gateway_open_uploads");
    }
}
