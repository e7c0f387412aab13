package dev.sluice.metadata.job;

import dev.sluice.metadata.access.Access;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import dev.sluice.metadata.http.Query;
import dev.sluice.metadata.http.Reading;
import dev.sluice.metadata.upload.Changes;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What owners may know of their jobs, on the public listener. */
public final class JobRoutes implements HttpService {
    private record Found(Job job, JsonObject json) {}

    private final JobStore store;
    private final Access access;

    public JobRoutes(JobStore store, Access access) {
        this.store = store;
        this.access = access;
    }

    @Override
    public void routing(HttpRules rules) {
        Reading.at(rules, "/jobs", this::list);
        Reading.at(rules, "/jobs/{id}", this::one);
    }

    private void list(ServerRequest req, ServerResponse res) {
        String owner = access.owner(req);
        Query query = new Query(req, "cursor", "limit", "state", "kind", "upload_id");
        JobPage page = new JobPage(
                owner,
                query.cursor().orElse("g"),
                state(query),
                query.text("kind").orElse(""),
                query.text("upload_id").orElse(""),
                query.limit());
        JsonIo.send(req, res, 200, store.database().read(tx -> list(tx, page)));
    }

    private static String state(Query query) {
        String state = query.text("state").orElse("");
        if (!state.isEmpty() && JobState.parse(state).isEmpty()) {
            throw ProblemException.badRequest("\"state\" must be one of " + JobState.names() + ".");
        }
        return state;
    }

    private static JsonObject list(Transaction tx, JobPage page) {
        List<Job> found = page.read(tx);
        List<Job> jobs = found.subList(0, Math.min(page.limit(), found.size()));
        JsonArrayBuilder array = JsonIo.array();
        Map<String, List<Attempt>> attempts =
                JobRepository.attempts(tx, jobs.stream().map(Job::id).toList());
        jobs.forEach(job -> array.add(JobJson.job(job, attempts.getOrDefault(job.id(), List.of()))));
        Optional<String> next =
                found.size() > page.limit() ? Optional.of(jobs.getLast().id()) : Optional.empty();
        return JsonIo.object()
                .add("jobs", array)
                .add("next_cursor", JsonIo.text(next))
                .build();
    }

    /** With {@code wait}, the answer is held back until the job has ended or the time is over. */
    private void one(ServerRequest req, ServerResponse res) {
        String owner = access.owner(req);
        String id = req.path().pathParameters().get("id");
        long deadline = System.nanoTime() + new Query(req, "wait").wait("wait").toNanos();
        try (Changes.Watch watch = store.signals().ends().watch(id)) {
            while (true) {
                Found found = store.database().read(tx -> find(tx, owner, id)).orElseThrow(ProblemException::notFound);
                long left = deadline - System.nanoTime();
                if (found.job().state().finished()
                        || left <= 0
                        || store.signals().stopping()) {
                    JsonIo.send(req, res, 200, found.json());
                    return;
                }
                watch.await(left);
            }
        }
    }

    private static Optional<Found> find(Transaction tx, String owner, String id) {
        return JobRepository.find(tx, id)
                .filter(job -> JobRepository.upload(tx, job.uploadId()).owner().equals(owner))
                .map(job -> new Found(job, JobJson.job(job, JobRepository.attempts(tx, id))));
    }
}
