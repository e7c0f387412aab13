package dev.sluice.metadata.job;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import dev.sluice.metadata.http.Problems;
import dev.sluice.metadata.http.Reading;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The workers' side of the queue, on the internal listener. */
public final class LeaseRoutes implements HttpService {
    private static final int MAX_BODY = 1_048_576;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_RESULT = 65_536;
    /** Other readers of JSON than ours give up soon: what nobody can read is worse than a refusal. */
    private static final int MAX_DEPTH = 32;

    private final Leases leases;
    private final JobStore store;
    private final Access access;

    public LeaseRoutes(Leases leases, JobStore store, Access access) {
        this.leases = leases;
        this.store = store;
        this.access = access;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/internal/leases", this::lease);
        Problems.methods(rules, "/internal/leases", "POST");
        rules.post("/internal/jobs/{id}/heartbeat", this::heartbeat);
        rules.post("/internal/jobs/{id}/complete", this::complete);
        rules.post("/internal/jobs/{id}/fail", this::fail);
        rules.post("/internal/jobs/{id}/release", this::release);
        Problems.methods(rules, "/internal/jobs/{id}/{action}", "POST");
        Reading.at(rules, "/internal/workers", this::workers);
        rules.post("/internal/workers/{boot}/stopped", this::stopped);
        Problems.methods(rules, "/internal/workers/{boot}/stopped", "POST");
    }

    private void lease(ServerRequest req, ServerResponse res) throws InterruptedException {
        access.requireWorker(req);
        LeaseRequest request = LeaseRequest.parse(new Fields(JsonIo.body(req, MAX_BODY)));
        List<Lease> granted = leases.lease(request);
        JsonIo.send(req, res, 200, JobJson.leases(granted, leases.settings().lease()));
    }

    private void heartbeat(ServerRequest req, ServerResponse res) {
        Fields body = body(req);
        Optional<String> progress = body.maybeObject("progress")
                .map(given -> shallow("progress", given))
                .map(JsonObject::toString);
        if (progress.isPresent() && progress.get().length() > MAX_TEXT) {
            throw ProblemException.badRequest("\"progress\" is longer than " + MAX_TEXT + " characters.");
        }
        if (!leases.heartbeat(token(req, body), progress)) {
            throw leaseLost();
        }
        JsonIo.send(
                req,
                res,
                200,
                JsonIo.object()
                        .add("lease_ms", leases.settings().lease().toMillis())
                        .add("cancel", false)
                        .build());
    }

    private void complete(ServerRequest req, ServerResponse res) {
        Fields body = body(req);
        JsonObject result = shallow("result", body.maybeObject("result").orElse(JsonObject.EMPTY_JSON_OBJECT));
        if (result.toString().length() > MAX_RESULT) {
            throw ProblemException.badRequest("\"result\" is longer than " + MAX_RESULT + " characters.");
        }
        answer(res, leases.complete(token(req, body), result, run(body)));
    }

    private static JsonObject shallow(String name, JsonObject given) {
        if (JsonIo.deeperThan(MAX_DEPTH, given)) {
            throw ProblemException.badRequest("\"" + name + "\" is nested deeper than " + MAX_DEPTH + ".");
        }
        return given;
    }

    private void fail(ServerRequest req, ServerResponse res) {
        Fields body = body(req);
        Outcome outcome =
                switch (body.text("outcome", 32)) {
                    case "failed" -> Outcome.FAILED;
                    case "timed-out" -> Outcome.TIMED_OUT;
                    case "crashed" -> Outcome.CRASHED;
                    default -> throw ProblemException.badRequest("\"outcome\" must be failed, timed-out or crashed.");
                };
        String error = body.maybeStart("error", MAX_TEXT).orElse("no error was given");
        answer(res, leases.fail(token(req, body), new Ending(outcome, body.flag("retryable"), error, run(body))));
    }

    private void release(ServerRequest req, ServerResponse res) {
        Fields body = body(req);
        answer(res, leases.release(token(req, body)));
    }

    private void workers(ServerRequest req, ServerResponse res) {
        access.requireService(req);
        List<Worker> workers = store.database().read(WorkerRepository::present);
        JsonIo.send(req, res, 200, JobJson.workers(workers, store.clock().millis()));
    }

    private void stopped(ServerRequest req, ServerResponse res) {
        access.requireWorker(req);
        leases.stopped(req.path().pathParameters().get("boot"));
        res.status(Status.NO_CONTENT_204).send();
    }

    private Fields body(ServerRequest req) {
        access.requireWorker(req);
        return new Fields(JsonIo.body(req, MAX_BODY));
    }

    /** A token of another job, or of no form at all, is as good as a lost lease. */
    private static LeaseToken token(ServerRequest req, Fields body) {
        return LeaseToken.parse(body.text("token", 64))
                .filter(token ->
                        token.jobId().equals(req.path().pathParameters().get("id")))
                .orElseThrow(LeaseRoutes::leaseLost);
    }

    private static RunStats run(Fields body) {
        return body.maybeObject("run")
                .map(run -> RunStats.parse(new Fields(run)))
                .orElse(RunStats.NONE);
    }

    private static void answer(ServerResponse res, boolean held) {
        if (!held) {
            throw leaseLost();
        }
        res.status(Status.NO_CONTENT_204).send();
    }

    private static ProblemException leaseLost() {
        return new ProblemException(409, "lease-lost", "The job belongs to somebody else now.");
    }
}
