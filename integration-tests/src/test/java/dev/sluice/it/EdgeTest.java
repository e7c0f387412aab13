package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Http;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nginx and the gateway refuse, and that the client hears why even while it sends a large body. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EdgeTest {
    private static final long LARGE = 50_000_000;
    private static final String PROXY = "127.0.0.2";
    private static final String STRANGER = "127.0.0.3";
    private static final int REQUESTS = 20;
    private static final Stack STACK = new Stack(
            "edge",
            Options.plain()
                    .patient()
                    .gateway("gateway.stall=PT60S", "gateway.drain=PT60S")
                    .metadata("metadata.max-upload-bytes=20000000")
                    .nginx("MAX_UPLOADS_PER_ADDRESS", "6")
                    .nginx("MAX_REQUESTS_PER_ADDRESS", Integer.toString(REQUESTS))
                    .nginx("TRUSTED_PROXY", PROXY)
                    .nginx("MAX_BODY", "60m")
                    .nginx("UPLOAD_LIMIT", "20000000"));

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @ParameterizedTest(name = "{0}: {1}, chunked {4}")
    @CsvSource({
        "Authorization, Bearer nobody, 401, unauthorized, false",
        "Authorization, Bearer nobody, 401, unauthorized, true",
        "X-Nothing, x, 413, upload-too-large, false",
        "X-Nothing, x, 413, upload-too-large, true",
        "Content-Type, multipart/form-data; boundary=x, 415, unsupported-media-type, false",
        "Content-Type, multipart/form-data; boundary=x, 415, unsupported-media-type, true",
        "Content-Encoding, gzip, 415, unsupported-encoding, false",
        "Content-Encoding, gzip, 415, unsupported-encoding, true",
        "Repr-Digest, nonsense, 400, bad-request, false"
    })
    void theClientHearsWhyItIsRefused(String header, String value, int status, String code, boolean chunked)
            throws IOException {
        Sending plain = Sending.of("refused", new Payload(1, LARGE)).with(header, value);

        Answer answer = (chunked ? plain.inChunks() : plain).send(STACK);

        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
    }

    @Test
    void nginxRefusesWhatIsOverItsOwnLimit() throws IOException {
        Answer answer = Sending.of("huge", new Payload(1, 70_000_000)).send(STACK);

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("upload-too-large");
        assertThat(answer.body()).contains("The limit is 20000000 bytes.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /uploads/photo.jpg", "PUT /uploads/", "POST /uploads"})
    void namesThePathToWhoSendsAFileToTheListOfUploads(String request) throws IOException {
        try (RawUpload upload = new RawUpload(STACK.port(), request, Map.of(), OptionalLong.of(LARGE))) {
            Answer answer = upload.answer(Times.SETTLED);

            assertThat(answer.status()).as("%s", answer).isEqualTo(405);
            assertThat(answer.body()).contains("method-not-allowed", "PUT /upload/{filename}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/upload/a%2Fb.jpg", "/upload/a/b.jpg"})
    void saysThatANameHasNoSlash(String path) throws IOException {
        try (RawUpload upload = new RawUpload(STACK.port(), "PUT " + path, Map.of(), OptionalLong.of(0))) {
            Answer answer = upload.answer(Times.SETTLED);

            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertThat(answer.body()).contains("bad-request", "without a slash");
        }
    }

    @Test
    void takesAnUnencodedBodyThatSaysSo() throws IOException {
        Answer answer = Sending.of("identity", new Payload(1, 10))
                .with("Content-Encoding", "identity")
                .send(STACK);

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/internal/workers",
                "/internal/leases",
                "/upload/../internal/workers",
                "/upload/%2e%2e/internal/workers",
                "//internal/workers",
                "/uploads/x/../../internal/workers",
                "/metrics",
                "/health",
                "/",
                "/jobs/../internal/leases"
            })
    void noInternalRouteIsReachable(String path) throws IOException {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + STACK.workerToken());
        try (RawUpload request = new RawUpload(STACK.port(), "GET " + path, headers, OptionalLong.of(0))) {
            assertThat(request.answer(Times.SETTLED).status()).isIn(400, 401, 404, 405);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: +5",
                "Content-Length: 0x5",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: xchunked"
            })
    void refusesABodyWithoutOnePlainLength(String framing) throws IOException {
        try (RawUpload upload = rawPut("smuggle", framing)) {
            upload.write("5\r\nabcde\r\n0\r\n\r\nGET /internal/workers HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));

            assertThat(upload.answer(Times.SETTLED).status()).isIn(400, 411, 501);
        }
        assertThat(Api.of(STACK).uploads())
                .noneMatch(row -> row.getString("filename").equals("smuggle"));
    }

    @Test
    void refusesASecondKeyOfTheClient() throws IOException {
        try (RawUpload upload = rawPut("two-keys", "Authorization: Bearer nobody\r\nContent-Length: 0")) {
            Answer answer = upload.answer(Times.SETTLED);

            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("bad-request");
        }
    }

    /** First: nginx counts the connections of refused uploads while they linger. */
    @Test
    @Order(1)
    void tooManyUploadsAtOnceAreToldToComeBack() throws IOException {
        List<RawUpload> open = new ArrayList<>();
        Sending sending = Sending.of("many", new Payload(1, 10_000));
        try {
            for (int i = 0; i < 6; i++) {
                RawUpload upload = sending.open(STACK);
                upload.send(sending.payload().bytes(), 0, 5_000);
                open.add(upload);
            }
            Await.until(
                    "all are open",
                    Times.SETTLED,
                    () -> Api.of(STACK).uploads().stream()
                                    .filter(row -> row.getString("filename").equals("many"))
                                    .count()
                            == 6);

            Answer answer = sending.send(STACK);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("too-many-uploads");
            assertThat(answer.header("Retry-After")).isPresent();
            for (RawUpload upload : open) {
                upload.send(sending.payload().bytes(), 5_000, 5_000);
                assertThat(upload.answer(Times.SETTLED).status()).isEqualTo(201);
            }
        } finally {
            for (RawUpload upload : open) {
                upload.close();
            }
        }
    }

    /** As an nginx in front reports them: no test machine has addresses of such networks. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:1::%d, 2001:db8:0:1:ffff:a0a::7, 2001:db8:0:2::1",
        "2001:db8::%d, 2001:db8::7, 2001:db8:0:0a00::1",
        "::ffff:10.1.1.1, ::ffff:10.1.1.1, ::ffff:10.1.1.2",
        "10.2.2.2, 10.2.2.2, 10.2.2.3"
    })
    void theAddressesOfOneNetworkAreOneForTheLimit(String addresses, String neighbour, String stranger)
            throws IOException {
        List<RawUpload> open = new ArrayList<>();
        try {
            for (int i = 1; i <= 6; i++) {
                open.add(reported(addresses.formatted(i), 1));
            }
            Await.until("all are open", Times.SETTLED, () -> STACK.gatewayGauge("sluice_gateway_open_uploads") == 6);

            try (RawUpload refused = reported(neighbour, 0);
                    RawUpload taken = reported(stranger, 0)) {
                Answer answer = refused.answer(Times.SETTLED);
                assertThat(answer.status()).as("%s", answer).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("too-many-uploads");
                assertThat(taken.answer(Times.SETTLED).status()).isEqualTo(201);
            }
        } finally {
            for (RawUpload upload : open) {
                upload.close();
            }
            Await.until("none is open", Times.SETTLED, () -> STACK.gatewayGauge("sluice_gateway_open_uploads") == 0);
        }
    }

    @Test
    void bodiesThatCrawlInLeaveConnectionsToOthers() throws IOException {
        List<RawUpload> crawling = new ArrayList<>();
        try {
            for (int i = 0; i < REQUESTS; i++) {
                RawUpload message = from(STRANGER, "POST /upload-complete", 1000);
                message.send("{".getBytes(StandardCharsets.US_ASCII), 0, 1);
                crawling.add(message);
            }
            Await.until("no request more is heard", Times.SETTLED, () -> {
                try (RawUpload request = from(STRANGER, "GET /health/live", 0)) {
                    Answer answer = request.answer(Times.SETTLED);
                    return answer.status() == 503 && answer.code().equals("busy");
                }
            });

            try (RawUpload request = from(STRANGER, "GET /objects/x", 0)) {
                Answer refused = request.answer(Times.SETTLED);
                assertThat(refused.code()).as("%s", refused).isEqualTo("busy");
                assertThat(refused.header("Retry-After")).contains("2");
            }
            try (RawUpload upload = from(STRANGER, "PUT /upload/a", 0)) {
                assertThat(upload.answer(Times.SETTLED).status())
                        .as("what is limited apart")
                        .isEqualTo(201);
            }
            assertThat(Http.get(STACK.url() + "/health/live", Map.of()).status())
                    .isEqualTo(200);
        } finally {
            for (RawUpload message : crawling) {
                message.close();
            }
        }
    }

    private static RawUpload from(String address, String request, long length) throws IOException {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + STACK.key("default"));
        return new RawUpload(InetAddress.ofLiteral(address), STACK.port(), request, headers, OptionalLong.of(length));
    }

    @Test
    void healthIsAnsweredFromOutside() {
        for (String path : List.of("/health/live", "/health/ready", "/health/loop")) {
            assertThat(Http.get(STACK.url() + path, Map.of()).status()).as(path).isEqualTo(200);
        }
    }

    @Test
    void drainingFinishesWhatIsOpenAndRefusesWhatIsNew() throws IOException {
        Sending sending = Sending.of("drained", new Payload(1, 100_000));
        try (RawUpload upload = sending.open(STACK)) {
            upload.send(sending.payload().bytes(), 0, 50_000);
            Await.until("it is open", Times.SETTLED, () -> Api.of(STACK).uploads().stream()
                    .anyMatch(row -> row.getString("filename").equals("drained")));
            STACK.gateway().terminate();
            Await.until("it is not ready any more", Times.SETTLED, () -> !STACK.gateway()
                    .isReady());

            Answer refused = Sending.of("too-late", new Payload(1, 10)).send(STACK);
            upload.send(sending.payload().bytes(), 50_000, 50_000);

            assertThat(upload.answer(Times.SETTLED).status()).isEqualTo(201);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.code()).isIn("draining", "gateway-unavailable");
        } finally {
            STACK.gateway().awaitEnd();
            STACK.gateway().start();
        }
    }

    private static RawUpload reported(String address, long length) throws IOException {
        return new RawUpload(
                InetAddress.ofLiteral(PROXY),
                STACK.port(),
                "PUT /upload/from-a-network",
                Map.of("Authorization", "Bearer " + STACK.key("default"), "X-Forwarded-For", address),
                OptionalLong.of(length));
    }

    private static RawUpload rawPut(String filename, String framing) throws IOException {
        return RawUpload.withHead(
                STACK.port(),
                "PUT /upload/" + filename + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + STACK.key("default")
                        + "\r\n" + framing + "\r\n\r\n");
    }
}
