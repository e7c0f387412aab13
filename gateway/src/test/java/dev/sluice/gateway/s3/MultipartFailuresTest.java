package dev.sluice.gateway.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.gateway.s3.StorageConfig.Integrity;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectKey;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import dev.sluice.gateway.storage.StoredObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the gateway makes of a store that fails within a multipart upload. */
@Timeout(20)
class MultipartFailuresTest {
    private static final int PART = 5 << 20;
    private static final byte[] BODY = new byte[PART + 10];
    private static final String CREATED =
            "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>uploads</Bucket><Key>u/1</Key><UploadId>m1</UploadId>"
                    + "</InitiateMultipartUploadResult>";
    private static final String COMPLETED =
            "<CompleteMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Location>x</Location><Bucket>uploads</Bucket><Key>u/1</Key>"
                    + "<ETag>\"e2\"</ETag></CompleteMultipartUploadResult>";

    /** What to answer; status 0 hangs up. */
    private record Reply(int status, String text) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final S3ObjectStore store;
    private final AtomicInteger failingParts = new AtomicInteger();
    private volatile Reply create = new Reply(200, CREATED);
    private volatile Reply complete = new Reply(200, COMPLETED);

    MultipartFailuresTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        Duration plenty = Duration.ofSeconds(10); // nothing here is silent
        store = new S3ObjectStore(new StorageConfig(
                Addresses.plain(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
                "us-east-1",
                "uploads",
                "key",
                "secret",
                Integrity.SIZE,
                plenty,
                plenty,
                plenty,
                PART,
                1));
    }

    @AfterEach
    void stop() {
        store.close();
        server.stop(0);
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "404, NoSuchUpload, OUTCOME_UNKNOWN",
        "500, InternalError, OUTCOME_UNKNOWN",
        "503, SlowDown, OUTCOME_UNKNOWN",
        "429, TooManyRequests, OUTCOME_UNKNOWN",
        "0, x, OUTCOME_UNKNOWN",
        "400, RequestTimeout, OUTCOME_UNKNOWN",
        "400, InvalidPart, REFUSED",
        "403, AccessDenied, REFUSED"
    })
    void takesOnlyAClearRefusalOfCompleteAsVerdict(int status, String code, Kind kind) {
        complete = new Reply(status, error(code));

        assertThat(failure().kind()).isEqualTo(kind);
        assertThat(seen).filteredOn("complete"::equals).hasSize(1);
        assertThat(seen.contains("abort")).isEqualTo(kind == Kind.REFUSED);
        assertThat(store.freePartBuffers()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"<html/>, OUTCOME_UNKNOWN", "'', OUTCOME_UNKNOWN", "<Error><Code>InternalError</Code></Error>, REFUSED"
    })
    void doesNotTrustA200ThatSaysSomethingElse(String text, Kind kind) {
        complete = new Reply(200, text);

        assertThat(failure().kind()).isEqualTo(kind);
    }

    @Test
    void sendsAFailedPartAgain() {
        failingParts.set(1);

        assertThat(put().etag()).isEqualTo("e2");
        assertThat(seen).containsExactly("create", "part 1", "part 1", "part 2", "complete");
    }

    @Test
    void isUnavailableAndAbortsWhenAPartFailsAgainAndAgain() {
        failingParts.set(Integer.MAX_VALUE);

        assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(seen).startsWith("create", "part 1", "part 1").endsWith("abort");
        assertThat(seen).doesNotContain("complete");
        assertThat(store.freePartBuffers()).isOne();
    }

    @Test
    void refusesWhenNoUploadMayBegin() {
        create = new Reply(403, error("AccessDenied"));

        assertThat(failure().kind()).isEqualTo(Kind.REFUSED);
        assertThat(seen).containsExactly("create");
    }

    @Test
    void doesNotBeginASecondUploadWhenTheAnswerToTheFirstIsLost() {
        create = new Reply(0, "x");

        assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(seen).containsExactly("create");
    }

    @Test
    void asksAgainWhetherAnUploadMayBeginAfterAClearFailure() {
        create = new Reply(503, error("InternalError"));

        assertThat(failure().kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(seen).hasSizeGreaterThan(1).containsOnly("create");
    }

    @Test
    void hasNoBufferForTheNextAndOneWhenTheFirstIsClosed() {
        try (PendingObject first = begin()) {
            assertThat(first).isNotNull();
            assertThat(store.freePartBuffers()).isZero();

            assertThat(failure().kind()).isEqualTo(Kind.BUDGET);
        }
        assertThat(put().etag()).isEqualTo("e2");
    }

    private StorageException failure() {
        StorageException failure = catchThrowableOfType(StorageException.class, this::put);
        assertThat(failure).isNotNull();
        return failure;
    }

    private StoredObject put() {
        try (PendingObject pending = begin()) {
            pending.write(BODY, 0, BODY.length - 1);
            return pending.commit(BODY, BODY.length - 1, 1);
        }
    }

    private PendingObject begin() {
        return store.begin(new NewObject(new ObjectKey("uploads", "u/1"), "up_1", "text/plain", OptionalLong.empty()));
    }

    private static String error(String code) {
        return "<Error><Code>" + code + "</Code><Message>m</Message></Error>";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Reply reply = reply(exchange);
            if (reply.status() == 0) {
                return;
            }
            byte[] bytes = reply.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("ETag", "\"e1\"");
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Reply reply(HttpExchange exchange) {
        String query = exchange.getRequestURI().getQuery();
        return switch (exchange.getRequestMethod()) {
            case "DELETE" -> saw("abort", new Reply(204, ""));
            case "PUT" -> saw("part " + query.replaceAll("partNumber=(\\d+)&.*", "$1"), part());
            default -> query.startsWith("uploads") ? saw("create", create) : saw("complete", complete);
        };
    }

    private Reply saw(String request, Reply reply) {
        seen.add(request);
        return reply;
    }

    private Reply part() {
        if (failingParts.getAndDecrement() > 0) {
            return new Reply(500, error("InternalError"));
        }
        return new Reply(200, "");
    }
}
