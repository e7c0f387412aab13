package dev.sluice.benchmark;

import dev.sluice.gateway.metadata.Report.Completion;
import dev.sluice.gateway.metadata.Trace;
import dev.sluice.gateway.runtime.Ids;
import dev.sluice.it.net.Answer;
import dev.sluice.metadata.http.WebhookSignature;
import jakarta.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/** A gateway's completion messages about uploads that the metadata service knows, signed and ready to be sent. */
final class SignedMessages {
    static final long SIZE = 123_456;
    static final String CRC32C = "yZRlqg==";
    static final String ETAG = "9bb58f26192e4ba00f01e2e7b136bbd8";
    /** Of these uploads, so that rules can tell them from others. */
    static final String TYPE = "application/x-benchmark";

    private static final int CLIENTS = 64;

    private final RunningSystem system;
    private final String authorization;
    private final String uploadKey;
    private final WebhookSignature signature;
    private final String boot = UUID.randomUUID().toString();

    SignedMessages(RunningSystem system) throws IOException {
        this.system = system;
        this.authorization = "Authorization: Bearer " + system.secret("gateway.token") + "\r\n";
        this.uploadKey = system.key();
        this.signature =
                WebhookSignature.parse(system.secret("completion.secret")).orElseThrow();
    }

    /** Has the rows made and returns a whole request for each. */
    byte[][] prepare(int count) throws InterruptedException, ExecutionException {
        byte[][] requests = new byte[count][];
        Load.closed(CLIENTS, count, () -> {
            Client client = new Client(system.port("internal"));
            return Load.Client.over(client, number -> requests[number] = message(client));
        });
        return requests;
    }

    private byte[] message(Client client) throws IOException {
        UUID request = Ids.next();
        String intent = Json.createObjectBuilder()
                .add("gateway", "benchmark")
                .add("boot", boot)
                .add("authorization", "Bearer " + uploadKey)
                .add("client_address", "127.0.0.1")
                .add("correlation_id", request.toString())
                .add("method", "PUT")
                .add("filename", "file.bin")
                .add("content_type", TYPE)
                .add("length", SIZE)
                .add("want_sha256", false)
                .build()
                .toString();
        Answer answer = client.exchange(Client.request("PUT /internal/uploads/" + request, authorization, intent));
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.toString());
        }
        return signed(request, answer.json().getString("bucket"), answer.json().getString("key"));
    }

    private byte[] signed(UUID request, String bucket, String key) {
        long now = System.currentTimeMillis();
        String id = request.toString();
        Trace trace = Trace.of(Optional.empty(), Optional.empty(), id);
        String json = new Completion(
                        request,
                        trace,
                        id,
                        1,
                        bucket,
                        key,
                        SIZE,
                        CRC32C,
                        Optional.empty(),
                        ETAG,
                        Optional.empty(),
                        now,
                        now)
                .toJson()
                .toString();
        String signed = signature.sign(id + ".1", now / 1000, json.getBytes(StandardCharsets.UTF_8));
        return Client.request(
                "POST /upload-complete",
                authorization + WebhookSignature.ID + ": " + id + ".1\r\n" + WebhookSignature.TIMESTAMP + ": "
                        + now / 1000 + "\r\n" + WebhookSignature.SIGNATURE + ": " + signed + "\r\n",
                json);
    }
}
