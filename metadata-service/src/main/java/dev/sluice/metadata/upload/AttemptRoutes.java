package dev.sluice.metadata.upload;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.gateway.Heartbeat;
import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What gateways call on the internal listener: intent, verdict, in-doubt, heartbeat. */
public final class AttemptRoutes implements HttpService {
    private static final int MAX_BEAT = 4 * 1024 * 1024;
    private static final int MAX_DETAIL = 2000;
    private static final Pattern REQUEST = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Set<String> REASONS = Set.of(
            "client-gone",
            "body-interrupted",
            "too-slow",
            "too-large",
            "digest-mismatch",
            "store-unavailable",
            "store-refused",
            "store-throttled",
            "store-full",
            "gateway-full",
            "gateway-stopping",
            "internal-error");

    private final Access access;
    private final Intents intents;
    private final Reports reports;
    private final InstantSource clock;

    public AttemptRoutes(Access access, Intents intents, Reports reports, InstantSource clock) {
        this.access = access;
        this.intents = intents;
        this.reports = reports;
        this.clock = clock;
    }

    /** Belongs at the root of the internal listener. */
    @Override
    public void routing(HttpRules rules) {
        rules.put("/internal/uploads/{request}", this::intent)
                .post("/internal/uploads/{request}/verdict", this::verdict)
                .post("/internal/uploads/{request}/in-doubt", this::inDoubt)
                .post("/internal/gateways/{name}/heartbeat", this::heartbeat);
    }

    private void intent(ServerRequest req, ServerResponse res) {
        access.requireGateway(req);
        String request = request(req);
        Intent intent = Intent.parse(JsonIo.body(req));
        JsonIo.send(req, res, 200, intents.decide(request, intent).json(clock.millis()));
    }

    private void verdict(ServerRequest req, ServerResponse res) {
        access.requireGateway(req);
        Fields verdict = new Fields(JsonIo.body(req));
        String reason = verdict.text("reason", 64);
        if (!REASONS.contains(reason)) {
            throw ProblemException.badRequest("There is no reason " + reason + ".");
        }
        Failure failure = new Failure(
                reason,
                detail(verdict),
                verdict.maybeNumber("received", 0, Long.MAX_VALUE).orElse(0L));
        reports.verdict(request(req), attempt(verdict), failure);
        res.status(204).send();
    }

    private void inDoubt(ServerRequest req, ServerResponse res) {
        access.requireGateway(req);
        Fields doubt = new Fields(JsonIo.body(req));
        reports.inDoubt(request(req), attempt(doubt), detail(doubt).orElse("in doubt"));
        res.status(204).send();
    }

    private void heartbeat(ServerRequest req, ServerResponse res) {
        access.requireGateway(req);
        Heartbeat beat = Heartbeat.parse(JsonIo.body(req, MAX_BEAT));
        reports.beat(req.path().pathParameters().get("name"), beat);
        JsonIo.send(req, res, 200, JsonIo.object().add("now_ms", clock.millis()).build());
    }

    private static String request(ServerRequest req) {
        String request = req.path().pathParameters().get("request");
        if (!REQUEST.matcher(request).matches()) {
            throw ProblemException.badRequest("A request is named by a UUID in lower case.");
        }
        return request;
    }

    private static int attempt(Fields fields) {
        return (int) fields.number("attempt", 1, Integer.MAX_VALUE);
    }

    /** Words for people: never a reason to refuse a message. */
    private static Optional<String> detail(Fields fields) {
        String detail = fields.json().getString("detail", "");
        return detail.isEmpty()
                ? Optional.empty()
                : Optional.of(detail.substring(0, Math.min(detail.length(), MAX_DETAIL)));
    }
}
