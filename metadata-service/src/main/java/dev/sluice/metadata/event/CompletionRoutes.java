package dev.sluice.metadata.event;

import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import dev.sluice.metadata.http.WebhookSignature;
import dev.sluice.metadata.upload.JobPlanner.PlannedJob;
import dev.sluice.metadata.upload.UploadJson;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import java.time.InstantSource;
import java.util.List;

/** The gateways' signed {@code POST /upload-complete} on the internal listener. */
public final class CompletionRoutes implements HttpService {

    private final WebhookSignature signature;
    private final Completions completions;
    private final InstantSource clock;

    public CompletionRoutes(WebhookSignature signature, Completions completions, InstantSource clock) {
        this.signature = signature;
        this.completions = completions;
        this.clock = clock;
    }

    /** Belongs at the root of the internal listener. */
    @Override
    public void routing(HttpRules rules) {
        rules.post("/upload-complete", this::complete);
    }

    private void complete(ServerRequest req, ServerResponse res) {
        StoredMessage message = verified(req);
        Completions.Result result = completions.complete(message);
        if (result instanceof Completions.Result.Superseded) {
            throw new ProblemException(409, "superseded", "A later attempt took this upload over.");
        }
        if (!(result instanceof Completions.Result.Completed completed)) {
            throw ProblemException.notFound();
        }
        JsonIo.send(
                req,
                res,
                200,
                JsonIo.object()
                        .add("receipt", UploadJson.receipt(completed.outcome().upload()))
                        .add("jobs", jobs(completed.outcome().jobs()))
                        .build());
    }

    private StoredMessage verified(ServerRequest req) {
        byte[] body = JsonIo.bytes(req, JsonIo.MAX_MESSAGE);
        String id = header(req, WebhookSignature.ID);
        if (!signature.verify(
                id,
                header(req, WebhookSignature.TIMESTAMP),
                header(req, WebhookSignature.SIGNATURE),
                body,
                clock.instant())) {
            throw new ProblemException(401, "unauthorized", "The signature does not fit this message at this time.");
        }
        StoredMessage message = JsonIo.parse(body)
                .map(StoredMessage::parse)
                .orElseThrow(() -> ProblemException.badRequest("The body must be one JSON object."));
        if (!message.id().equals(id)) {
            throw ProblemException.badRequest("webhook-id must name the upload and its attempt.");
        }
        return message;
    }

    private static String header(ServerRequest req, String name) {
        return req.headers().first(HeaderNames.create(name)).orElse("");
    }

    static JsonArray jobs(List<PlannedJob> jobs) {
        JsonArrayBuilder array = JsonIo.array();
        jobs.forEach(job -> array.add(
                JsonIo.object().add("job_id", job.id()).add("kind", job.kind()).add("state", job.state())));
        return array.build();
    }
}
