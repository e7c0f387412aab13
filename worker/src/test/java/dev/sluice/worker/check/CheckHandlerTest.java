package dev.sluice.worker.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.worker.Examples;
import dev.sluice.worker.lease.Lease;
import dev.sluice.worker.lease.Outcome;
import dev.sluice.worker.store.EmbeddedStore;
import dev.sluice.worker.store.Store;
import dev.sluice.worker.store.StoreConfig;
import dev.sluice.worker.store.StoreObject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckHandlerTest {
    private static final StoreObject OBJECT = new StoreObject("uploads", "u/2026/11/21/an-upload");
    private static final StoreObject NEIGHBOUR = new StoreObject("uploads", "u/2026/11/21/an-upload-2");
    private static final byte[] CONTENT = "hello".getBytes(StandardCharsets.UTF_8);

    private static EmbeddedStore server;

    private Store store;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        server = new EmbeddedStore(folder);
        try (HttpClient patient = HttpClient.newHttpClient()) {
            // the first request of all is slow, and no store is waited for
            patient.send(HttpRequest.newBuilder(server.url()).build(), HttpResponse.BodyHandlers.discarding());
        }
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    @BeforeEach
    void makeBucket() throws InterruptedException {
        store = server.store();
        store.makeBucket(OBJECT.bucket());
    }

    @AfterEach
    void emptyBucket() throws InterruptedException {
        for (StoreObject object : List.of(OBJECT, NEIGHBOUR)) {
            store.delete(object);
            for (String multipart : store.multipartUploads(object)) {
                store.abortMultipart(object, multipart);
            }
        }
        store.close();
    }

    @Test
    void makesABucketOnce() throws InterruptedException {
        assertThat(store.makeBucket(OBJECT.bucket())).isFalse();
    }

    @Test
    void saysWhatIsThere() throws Exception {
        server.put(OBJECT, CONTENT, "the-upload");

        JsonObject result = check(OBJECT, Map.of(), false);

        Examples.assertSameShape(result, example("there"));
        assertThat(result.getString("outcome")).isEqualTo("there");
        assertThat(result.getInt("size")).isEqualTo(5);
        assertThat(result.getString("etag")).isEqualTo("5d41402abc4b2a76b9719d911017c592");
        assertThat(result.getString("upload_id")).isEqualTo("the-upload");
        assertThat(result.isNull("version_id")).isTrue();
    }

    @Test
    void abortsMultipartsOfExactlyThatKeyWhenItIsNobodys() throws Exception {
        server.startMultipart(OBJECT);
        server.startMultipart(NEIGHBOUR);

        JsonObject result = check(OBJECT, Map.of(), true);

        Examples.assertSameShape(result, example("absent"));
        assertThat(result.getString("outcome")).isEqualTo("absent");
        assertThat(result.getInt("aborted_multiparts")).isEqualTo(1);
        assertThat(store.multipartUploads(OBJECT)).isEmpty();
        assertThat(store.multipartUploads(NEIGHBOUR)).hasSize(1);
    }

    @Test
    void onlyLooksAtALiveUpload() throws Exception {
        server.startMultipart(OBJECT);

        JsonObject result = check(OBJECT, Map.of("nobody", false), true);

        assertThat(result.getInt("aborted_multiparts")).isZero();
        assertThat(store.multipartUploads(OBJECT)).hasSize(1);
    }

    @Test
    void deletesAnObjectOfOursThatLacksTheChecksum() throws Exception {
        server.put(OBJECT, CONTENT, "the-upload");
        server.put(NEIGHBOUR, CONTENT, "another");

        JsonObject result = check(OBJECT, Map.of(), true);

        Examples.assertSameShape(result, example("no-checksum"));
        assertThat(result.getBoolean("deleted")).isTrue();
        assertThat(store.head(OBJECT)).isEmpty();
        assertThat(store.head(NEIGHBOUR)).isPresent();
    }

    @Test
    void keepsAForeignObjectWithoutChecksum() throws Exception {
        server.put(OBJECT, CONTENT, "the-upload");

        JsonObject result = check(OBJECT, Map.of("ours", false), true);

        assertThat(result.getString("outcome")).isEqualTo("there");
        assertThat(store.head(OBJECT)).isPresent();
    }

    @Test
    void deletesTheKeyOfASupersededAttemptAlsoWhenItIsGone() throws Exception {
        server.put(OBJECT, CONTENT, "the-upload");

        JsonObject first = check(OBJECT, Map.of("delete", true), true);
        JsonObject second = check(OBJECT, Map.of("delete", true), true);

        Examples.assertSameShape(first, example("deleted"));
        assertThat(second).isEqualTo(first);
        assertThat(store.head(OBJECT)).isEmpty();
    }

    @Test
    void aMissingBucketIsNoAbsence() throws Exception {
        JsonObject result = check(new StoreObject("no-bucket", "u/key"), Map.of(), true);

        assertThat(result).isEqualTo(example("unclear"));
    }

    @Test
    void aMissingBucketIsNoAbsenceOfAForeignObjectEither() throws Exception {
        JsonObject result = check(new StoreObject("no-bucket", "u/key"), Map.of("ours", false), true);

        assertThat(result).isEqualTo(example("unclear"));
    }

    @Test
    void aRefusalIsNoAbsence() throws Exception {
        try (Store stranger = server.storeWithWrongSecret()) {
            assertThat(check(stranger, OBJECT, Map.of(), true).getString("reason"))
                    .isEqualTo("forbidden");
            assertThat(check(stranger, OBJECT, Map.of("nobody", false), true).getString("reason"))
                    .isEqualTo("forbidden");
        }
    }

    @Test
    void aFailingStoreIsNoAbsence() throws Exception {
        JsonObject result = checkAgainst(exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });

        assertThat(result.getString("outcome")).isEqualTo("unclear");
        assertThat(result.getString("reason")).isEqualTo("store-error");
    }

    @Test
    void aKeyThatTheStoreRefusesIsABadRequest() throws Exception {
        JsonObject listed = checkAgainst(exchange -> refuse(exchange, "KeyTooLongError"));
        JsonObject looked = checkAgainst(exchange -> refuse(exchange, ""), Map.of("nobody", false));

        assertThat(listed.getString("reason")).isEqualTo("bad-request");
        assertThat(listed.getString("detail")).isEqualTo("status 400 KeyTooLongError");
        assertThat(looked.getString("reason")).isEqualTo("bad-request");
    }

    @Test
    void aRefusalThatIsNotAboutTheKeyIsNoBadRequest() throws Exception {
        JsonObject result = checkAgainst(exchange -> refuse(exchange, "AuthorizationHeaderMalformed"));

        assertThat(result.getString("reason")).isEqualTo("store-error");
    }

    @Test
    void aHangingStoreIsNoAbsence() throws Exception {
        CountDownLatch over = new CountDownLatch(1);

        JsonObject result = checkAgainst(exchange -> await(over));
        over.countDown();

        assertThat(result.getString("reason")).isEqualTo("time-out");
    }

    @Test
    void readsMinioListOfMultipartsWithItsEmptyStorageClass() throws Exception {
        String listing = """
                <?xml version="1.0" encoding="UTF-8"?>
                <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>uploads</Bucket>\
                <KeyMarker></KeyMarker><UploadIdMarker></UploadIdMarker><NextKeyMarker></NextKeyMarker>\
                <NextUploadIdMarker></NextUploadIdMarker><Delimiter></Delimiter><Prefix>%s</Prefix>\
                <MaxUploads>10000</MaxUploads><IsTruncated>false</IsTruncated><Upload><Key>%s</Key>\
                <UploadId>an-id</UploadId><Initiator><ID></ID><DisplayName></DisplayName></Initiator>\
                <Owner><ID></ID><DisplayName></DisplayName></Owner><StorageClass></StorageClass>\
                <Initiated>2026-11-21T01:53:20.000Z</Initiated></Upload></ListMultipartUploadsResult>
                """.formatted(OBJECT.key(), OBJECT.key());

        JsonObject result = checkAgainst(exchange -> {
            byte[] body = listing.strip().getBytes(StandardCharsets.UTF_8);
            switch (exchange.getRequestMethod()) {
                case "GET" -> {
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                }
                case "DELETE" -> exchange.sendResponseHeaders(204, -1);
                default -> exchange.sendResponseHeaders(404, -1);
            }
            exchange.close();
        });

        assertThat(result).isEqualTo(example("absent"));
    }

    @Test
    void countsACompositeChecksumButReportsOnlyAWholeOne() throws Exception {
        JsonObject result = checkAgainst(
                exchange -> {
                    exchange.getResponseHeaders().add("ETag", "\"abc-2\"");
                    exchange.getResponseHeaders().add("X-Amz-Version-Id", "null");
                    exchange.getResponseHeaders().add("X-Amz-Checksum-Crc32c", "yZRlqg==-2");
                    exchange.getResponseHeaders().add("X-AMZ-META-UPLOAD-ID", "the-upload");
                    exchange.getResponseHeaders().add("Last-Modified", "Sat, 21 Nov 2026 01:00:00 GMT");
                    exchange.getResponseHeaders().add("Content-Length", "7");
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                },
                Map.of("nobody", false));

        assertThat(result.getString("outcome")).isEqualTo("there");
        assertThat(result.getString("etag")).isEqualTo("abc-2");
        assertThat(result.isNull("crc32c")).isTrue();
        assertThat(result.isNull("version_id")).isTrue();
        assertThat(result.getString("upload_id")).isEqualTo("the-upload");
    }

    @Test
    void readsTheLeaseOfTheExample() throws Exception {
        JsonObject payload = Examples.read("lease-answer-check.json")
                .getJsonArray("leases")
                .getJsonObject(0)
                .getJsonObject("payload");

        Outcome outcome = new CheckHandler(store, true).work(lease(payload));

        assertThat(((Outcome.Completed) outcome).result().getString("outcome")).isEqualTo("absent");
    }

    /** Answers every request of the storage client. */
    @FunctionalInterface
    private interface Answers {
        void answer(HttpExchange exchange) throws IOException;
    }

    private static JsonObject checkAgainst(Answers answers) throws Exception {
        return checkAgainst(answers, Map.of());
    }

    private static JsonObject checkAgainst(Answers answers, Map<String, Boolean> differing) throws Exception {
        HttpServer odd = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        odd.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        odd.createContext("/", answers::answer);
        odd.start();
        URI url = URI.create("http://127.0.0.1:" + odd.getAddress().getPort());
        StoreConfig config = new StoreConfig(
                new StoreConfig.Address(url, false, Optional.empty()),
                "us-east-1",
                "key",
                "secret",
                Duration.ofSeconds(3),
                Duration.ofMinutes(5));
        try (Store client = new Store(config)) {
            return check(client, OBJECT, differing, true);
        } finally {
            odd.stop(0);
        }
    }

    private JsonObject check(StoreObject object, Map<String, Boolean> differing, boolean wantsChecksum)
            throws InterruptedException {
        return check(store, object, differing, wantsChecksum);
    }

    private static JsonObject check(
            Store store, StoreObject object, Map<String, Boolean> differing, boolean wantsChecksum)
            throws InterruptedException {
        JsonObject payload = Json.createObjectBuilder()
                .add("bucket", object.bucket())
                .add("key", object.key())
                .add("ours", differing.getOrDefault("ours", true))
                .add("nobody", differing.getOrDefault("nobody", true))
                .add("delete", differing.getOrDefault("delete", false))
                .build();
        return ((Outcome.Completed) new CheckHandler(store, wantsChecksum).work(lease(payload))).result();
    }

    private static Lease lease(JsonObject payload) {
        return new Lease("job", "job.1", "check", 1, Duration.ofSeconds(30), payload);
    }

    private static JsonObject example(String outcome) {
        return Examples.read("check-result-" + outcome + ".json").getJsonObject("result");
    }

    private static void refuse(HttpExchange exchange, String code) throws IOException {
        byte[] body =
                ("<Error><Code>" + code + "</Code><Message>no</Message></Error>").getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        exchange.sendResponseHeaders(400, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
