package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.gateway.s3.ScriptedStore.Connection;
import dev.sluice.gateway.s3.ScriptedStore.Script;
import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectKey;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import dev.sluice.gateway.storage.StoredObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the gateway makes of a store that refuses, dies, lies or says nothing, be it plain or behind TLS. */
@Timeout(60)
abstract class StoreFailuresContract {
    private static final byte[] BODY = new byte[200_000];
    private static final Duration PLENTY = Duration.ofSeconds(20);

    /** Of stores whose silence a test waits for: all that they do say must come within this time. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final ScriptedStore scripted;
    private final StoreAddress address;
    private final S3ObjectStore store;

    StoreFailuresContract(ScriptedStore scripted, Function<URI, StoreAddress> address) {
        this.scripted = scripted;
        this.address = address.apply(scripted.url());
        store = new S3ObjectStore(config(PLENTY));
    }

    private void start(Script... scripts) {
        scripted.answerWith(scripts);
    }

    private StorageConfig config(Duration silence) {
        return config(silence, Integrity.CRC32C_TRAILER);
    }

    private StorageConfig config(Duration silence, Integrity integrity) {
        return new StorageConfig(
                address, "us-east-1", "uploads", "key", "secret", integrity, PLENTY, silence, silence, 5 << 20, 1);
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
        scripted.close();
    }

    private static PendingObject begin(S3ObjectStore store, long length) {
        return store.begin(
                new NewObject(new ObjectKey("uploads", "u/1"), "up_1", "text/plain", OptionalLong.of(length)));
    }

    private StoredObject put() {
        return put(store);
    }

    private static StoredObject put(S3ObjectStore store) {
        try (PendingObject pending = begin(store, BODY.length)) {
            pending.write(BODY, 0, BODY.length - 1);
            return pending.commit(BODY, BODY.length - 1, 1);
        }
    }

    private void writeManyTimes() {
        writeManyTimes(store);
    }

    private static void writeManyTimes(S3ObjectStore store) {
        try (PendingObject pending = begin(store, 1L << 40)) {
            for (int i = 0; i < 10_000; i++) {
                pending.write(BODY, 0, BODY.length);
            }
        }
    }

    private static Kind kindOf(Runnable operation) {
        StorageException failure = catchThrowableOfType(StorageException.class, operation::run);
        assertThat(failure).isNotNull();
        return failure.kind();
    }

    @Test
    void repeatsWhatFailedBeforeTheBody() throws Exception {
        start(
                connection -> {
                    connection.readHead();
                    connection.error(503, "InternalError");
                },
                connection -> {
                    connection.readHead();
                    connection.reset();
                },
                Connection::takePut);

        assertThat(put().etag()).isEqualTo("e1");
        assertThat(scripted.connections()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "429, TooManyRequests, THROTTLED",
        "503, SlowDown, THROTTLED",
        "507, XMinioStorageFull, FULL",
        "403, AccessDenied, REFUSED",
        "404, NoSuchBucket, REFUSED",
        "400, InvalidRequest, REFUSED"
    })
    void doesNotRepeatWhatIsRefusedBeforeTheBody(int status, String code, Kind kind) throws Exception {
        start(connection -> {
            connection.readHead();
            connection.error(status, code);
        });

        assertThat(kindOf(this::put)).isEqualTo(kind);
        assertThat(scripted.connections()).isOne();
    }

    @Test
    void doesNotRepeatWhatTimedOut() throws Exception {
        start(Connection::hang, Connection::takePut);

        try (var impatient = new S3ObjectStore(config(SHORT))) {
            assertThat(kindOf(() -> put(impatient))).isEqualTo(Kind.UNAVAILABLE);
        }
        assertThat(scripted.connections()).isOne();
    }

    @Test
    void isUnavailableWhenNothingListens() throws Exception {
        start();
        scripted.close();

        assertThat(kindOf(this::put)).isEqualTo(Kind.UNAVAILABLE);
        assertThat(store.reachable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "503, ServiceUnavailable, UNAVAILABLE",
        "400, RequestTimeout, UNAVAILABLE",
        "507, XMinioStorageFull, FULL",
        "400, IncompleteBody, REFUSED"
    })
    void hearsAnAnswerWithinTheBody(int status, String code, Kind kind) throws Exception {
        start(connection -> {
            connection.readHead();
            connection.continue100();
            connection.read(100_000);
            connection.error(status, code);
        });

        assertThat(kindOf(this::writeManyTimes)).isEqualTo(kind);
    }

    @Test
    void isUnavailableWhenTheStoreDiesWithinTheBody() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.continue100();
            connection.read(100_000);
            connection.reset();
        });

        assertThat(kindOf(this::writeManyTimes)).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void givesUpAWriteThatTheStoreDoesNotRead() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.continue100();
            connection.hang();
        });

        try (var impatient = new S3ObjectStore(config(SHORT))) {
            assertThat(kindOf(() -> writeManyTimes(impatient))).isEqualTo(Kind.UNAVAILABLE);
        }
    }

    @ParameterizedTest
    @EnumSource(Integrity.class)
    void doesNotTakeAStoreThatReadsSlowlyForASilentOne(Integrity integrity) throws Exception {
        var size = 4 << 20;
        start(connection -> {
            connection.readHead();
            connection.continue100();
            for (int left = size; left > 0; left -= 128 << 10) {
                connection.read(128 << 10);
                connection.pause(SHORT.dividedBy(10));
            }
            connection.hang();
        });
        try (var slow = new S3ObjectStore(config(SHORT, integrity));
                PendingObject pending = begin(slow, size + 1)) {
            long begin = System.nanoTime();

            pending.write(new byte[size], 0, size);

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(SHORT);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, XAmzContentChecksumMismatch, REFUSED",
        "403, AccessDenied, REFUSED",
        "200, InternalError, REFUSED",
        "404, NoSuchKey, OUTCOME_UNKNOWN",
        "400, RequestTimeout, OUTCOME_UNKNOWN",
        "408, RequestTimeout, OUTCOME_UNKNOWN",
        "429, TooManyRequests, OUTCOME_UNKNOWN",
        "500, InternalError, OUTCOME_UNKNOWN",
        "503, SlowDown, OUTCOME_UNKNOWN",
        "507, XMinioStorageFull, OUTCOME_UNKNOWN"
    })
    void takesOnlyAClearRefusalAsVerdictAfterTheEnd(int status, String code, Kind kind) throws Exception {
        start(connection -> {
            connection.readHead();
            connection.continue100();
            connection.readToTrailer();
            connection.error(status, code);
        });

        assertThat(kindOf(this::put)).isEqualTo(kind);
    }

    @Test
    void doesNotTrustA200WithoutTheChecksum() throws Exception {
        assertUnknownAfterEnd(connection -> connection.answer(200, "ETag: \"e1\"\r\n", ""));
    }

    @Test
    void doesNotTrustA200WithAnotherChecksum() throws Exception {
        assertUnknownAfterEnd(connection -> connection.stored("AAAAAA=="));
    }

    @Test
    void doesNotKnowTheOutcomeOfSilenceAfterTheEnd() throws Exception {
        try (var impatient = new S3ObjectStore(config(SHORT))) {
            assertUnknownAfterEnd(Connection::hang, impatient);
        }
    }

    @Test
    void doesNotKnowTheOutcomeOfAResetAfterTheEnd() throws Exception {
        assertUnknownAfterEnd(Connection::reset);
    }

    @Test
    void doesNotKnowTheOutcomeOfACutAnswer() throws Exception {
        assertUnknownAfterEnd(connection -> connection.answer("HTTP/1.1 200 OK\r\nETag: \"e1"));
    }

    private void assertUnknownAfterEnd(Script afterEnd) throws Exception {
        assertUnknownAfterEnd(afterEnd, store);
    }

    private void assertUnknownAfterEnd(Script afterEnd, S3ObjectStore asking) throws Exception {
        start(connection -> {
            connection.readHead();
            connection.continue100();
            connection.readToTrailer();
            afterEnd.run(connection);
        });

        assertThat(kindOf(() -> put(asking))).isEqualTo(Kind.OUTCOME_UNKNOWN);
        assertThat(scripted.connections()).isOne();
    }

    @Test
    void usesAConnectionAgainAndReplacesAStaleOne() throws Exception {
        start(
                connection -> {
                    connection.takePut();
                    connection.takePut();
                    connection.readHead();
                    connection.reset();
                },
                Connection::takePut);

        put();
        put();
        assertThat(scripted.connections()).isOne();
        put();
        assertThat(scripted.connections()).isEqualTo(2);
    }

    @Test
    void hearsAnyNumberOfContinuesBeforeTheAnswer() throws Exception {
        start(connection -> {
            for (int i = 1; i <= 2; i++) {
                connection.readHead();
                connection.continue100();
                connection.continue100();
                String crc32c = connection.readToTrailer();
                connection.continue100();
                connection.stored(crc32c);
            }
        });

        assertThat(put().etag()).isEqualTo("e1");
        assertThat(put().etag()).isEqualTo("e1");
        assertThat(scripted.connections()).isOne();
    }

    @Test
    void takesNothingForAnAnswerThatCameBeforeItsQuestion() throws Exception {
        var answered = new CountDownLatch(1);
        var unasked = new CountDownLatch(1);
        start(
                connection -> {
                    connection.takePut();
                    answered.await();
                    connection.continue100();
                    connection.answer(200, "ETag: \"unasked\"\r\n", "");
                    unasked.countDown();
                    connection.hang();
                },
                Connection::takePut);
        put();
        answered.countDown();
        assertThat(unasked.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(put().etag()).isEqualTo("e1");
        assertThat(scripted.connections()).isEqualTo(2);
    }

    @Test
    void sendsAnEmptyObjectOnlyAtCommitAndWithItsChecksum() throws Exception {
        BlockingQueue<String> heads = new ArrayBlockingQueue<>(1);
        start(connection -> {
            heads.add(connection.readHead());
            connection.stored("AAAAAA==");
        });

        try (PendingObject pending = begin(store, 0)) {
            assertThat(scripted.connections()).isZero();
            assertThat(pending.commit(BODY, 0, 0).crc32c()).isEqualTo("AAAAAA==");
        }
        assertThat(heads.take())
                .containsIgnoringCase("x-amz-checksum-crc32c: AAAAAA==")
                .contains("Content-Length: 0")
                .doesNotContain("Expect");
    }

    @Test
    void sendsNoHeaderBesidesTheAllowedOnes() throws Exception {
        BlockingQueue<String> heads = new ArrayBlockingQueue<>(1);
        start(connection -> {
            heads.add(connection.readHead());
            connection.continue100();
            connection.stored(connection.readToTrailer());
        });

        put();

        assertThat(heads.take().lines().skip(1).filter(line -> !line.isEmpty()))
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT))
                .containsExactlyInAnyOrder(
                        "host",
                        "authorization",
                        "content-type",
                        "content-encoding",
                        "content-length",
                        "expect",
                        "x-amz-date",
                        "x-amz-content-sha256",
                        "x-amz-decoded-content-length",
                        "x-amz-trailer",
                        "x-amz-meta-upload-id");
    }

    @Test
    void endsABlockedWriteOfAnInterruptedThread() throws Exception {
        var inBody = new CountDownLatch(1);
        start(connection -> {
            connection.readHead();
            connection.continue100();
            inBody.countDown();
            connection.hang();
        });
        BlockingQueue<Kind> kinds = new ArrayBlockingQueue<>(1);
        try (var patient = new S3ObjectStore(config(Duration.ofMinutes(5)))) {
            Thread writer = Thread.startVirtualThread(() -> kinds.add(kindOf(() -> writeManyTimes(patient))));

            assertThat(inBody.await(20, TimeUnit.SECONDS)).isTrue();
            writer.interrupt();

            assertThat(kinds.poll(20, TimeUnit.SECONDS)).isEqualTo(Kind.UNAVAILABLE);
        }
    }
}
