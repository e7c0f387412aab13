package dev.sluice.metadata.webhook;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.access.ServiceToken;
import dev.sluice.metadata.db.BusyException;
import dev.sluice.metadata.db.DatabaseException;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.Problems;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** {@code POST /upload-complete/minio} on the public listener: bucket notifications of MinIO, proved by a bearer token. */
public final class MinioRoutes implements HttpService {
    private static final String PATH = "/upload-complete/minio";

    /** How long a sender waits for a refusal that it answers with the same again, perhaps at once. */
    private static final Duration HOLD = Duration.ofMillis(1500);

    private final List<ServiceToken> tokens;
    private final Inbox inbox;

    public MinioRoutes(List<ServiceToken> tokens, Inbox inbox) {
        this.tokens = List.copyOf(tokens);
        this.inbox = inbox;
    }

    /** Belongs at the root of the public listener. */
    @Override
    public void routing(HttpRules rules) {
        rules.post(PATH, this::notified);
        Problems.methods(rules, PATH, "POST");
    }

    private void notified(ServerRequest req, ServerResponse res) {
        Access.require(req, tokens);
        List<Outcome> outcomes = taken(body(req));
        JsonArrayBuilder array = JsonIo.array();
        outcomes.forEach(outcome -> array.add(outcome.text()));
        JsonIo.send(
                req,
                res,
                200,
                JsonIo.object().add("status", "ok").add("records", array).build());
    }

    private List<Outcome> taken(byte[] body) {
        long begun = System.nanoTime();
        try {
            return inbox.take(body);
        } catch (BusyException | DatabaseException e) {
            hold(HOLD.minusNanos(System.nanoTime() - begun));
            throw e;
        }
    }

    private static void hold(Duration time) {
        try {
            if (time.isPositive()) {
                Thread.sleep(time);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of what is too long to be a notification one byte more than the longest, the rest read and dropped. */
    private static byte[] body(ServerRequest req) {
        if (!req.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = req.content().inputStream()) {
            byte[] body = in.readNBytes(Inbox.MAX_BODY + 1);
            in.transferTo(OutputStream.nullOutputStream());
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
