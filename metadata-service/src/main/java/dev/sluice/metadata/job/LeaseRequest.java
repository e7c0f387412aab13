package dev.sluice.metadata.job;

import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.ProblemException;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** A worker's question for work ({@code lease-request.json}). */
record LeaseRequest(
        String worker,
        String boot,
        String queue,
        List<String> kinds,
        int max,
        long waitMillis,
        Optional<String> stats) {
    private static final int MAX_LEASES = 64;
    private static final long MAX_WAIT = 60_000;

    LeaseRequest {
        kinds = List.copyOf(kinds);
    }

    static LeaseRequest parse(Fields fields) {
        String queue = fields.text("queue", 32);
        List<String> kinds = fields.texts("kinds", MAX_LEASES, 64);
        if (!queue.equals(Job.JOBS) && !queue.equals(Job.CHECKS)) {
            throw ProblemException.badRequest("\"queue\" must be jobs or checks.");
        }
        if (queue.equals(Job.JOBS) && kinds.isEmpty()) {
            throw ProblemException.badRequest("\"kinds\" must name at least one kind.");
        }
        return new LeaseRequest(
                fields.text("worker", 128),
                fields.text("boot", 64),
                queue,
                queue.equals(Job.CHECKS) ? List.of(Job.CHECK) : kinds,
                (int) fields.number("max", 1, MAX_LEASES),
                Math.min(fields.number("wait_ms", 0, Long.MAX_VALUE), MAX_WAIT),
                fields.maybeObject("stats").map(JsonObject::toString));
    }
}
