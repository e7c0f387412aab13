package dev.sluice.metadata.health;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.Reading;
import dev.sluice.metadata.job.JobStore;
import dev.sluice.metadata.job.Worker;
import dev.sluice.metadata.job.WorkerRepository;
import dev.sluice.metadata.webhook.WebhookMeters;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** {@code GET /metrics} on the internal listener, as Prometheus text. */
public final class MetricsRoutes implements HttpService {
    /** Kind by kind, as the index has them. */
    private static final String OLDEST = """
            select min((select min(run_at) from jobs where queue = ? and jobs.kind = known.kind and jobs.state in ('ready', 'waiting')))
                   as at
              from row_counts known where what = 'jobs'
            """;

    /** Kept by the statements that change states, each commit once. */
    private static final String COUNTS = "select * from row_counts where n > 0 order by what, kind, state";

    private final JobStore store;
    private final LoopSampler sampler;
    private final WebhookMeters webhooks;

    public MetricsRoutes(JobStore store, LoopSampler sampler, WebhookMeters webhooks) {
        this.store = store;
        this.sampler = sampler;
        this.webhooks = webhooks;
    }

    @Override
    public void routing(HttpRules rules) {
        Reading.at(rules, "/metrics", this::metrics);
    }

    private void metrics(ServerRequest req, ServerResponse res) {
        Exposition out = new Exposition();
        out.gauge("sluice_loop_latency_seconds", "", sampler.latency().toNanos() / 1e9);
        out.gauge("sluice_commit_queue_length", "", store.committer().waiting());
        out.counter("sluice_commits_total", "", (double) store.committer().committed());
        out.counter(
                "sluice_commit_batches_total", "", (double) store.committer().batches());
        store.meters().forEach((series, total) -> {
            String labels = Exposition.labels("kind", series.kind(), "outcome", series.outcome());
            out.counter(
                    "sluice_job_attempts_total", labels, (double) total.count().sum());
            out.counter("sluice_job_run_seconds_total", labels, total.millis().sum() / 1e3);
        });
        webhooks.forEach((outcome, total) -> out.counter(
                "sluice_webhook_records_total", Exposition.labels("source", "minio", "outcome", outcome), (double)
                        total));
        store.database().read(tx -> rows(tx, out));
        res.header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
        Reading.send(req, res, out.text().getBytes(StandardCharsets.UTF_8));
    }

    private boolean rows(Transaction tx, Exposition out) {
        long now = store.clock().millis();
        counts(tx, out);
        for (String queue : new String[] {"jobs", "checks"}) {
            long oldest = tx.first(OLDEST, row -> row.maybeNumber("at"), queue)
                    .flatMap(at -> at)
                    .orElse(now);
            out.gauge(
                    "sluice_oldest_ready_age_seconds",
                    Exposition.labels("queue", queue),
                    Math.max(0, now - oldest) / 1e3);
        }
        WorkerRepository.present(tx).forEach(worker -> worker(worker, out));
        return true;
    }

    private static void counts(Transaction tx, Exposition out) {
        tx.list(COUNTS, row -> {
            String kind = row.text("kind");
            String labels = kind.isEmpty()
                    ? Exposition.labels("state", row.text("state"))
                    : Exposition.labels("kind", kind, "state", row.text("state"));
            out.gauge("sluice_" + row.text("what"), labels, (double) row.number("n"));
            return kind;
        });
    }

    private static void worker(Worker worker, Exposition out) {
        out.gauge(
                "sluice_worker_alive",
                Exposition.labels("worker", worker.name(), "boot", worker.boot()),
                worker.alive() ? 1 : 0);
        worker.stats().map(JsonIo::parse).orElse(JsonObject.EMPTY_JSON_OBJECT).forEach((queue, stats) -> {
            if (stats instanceof JsonObject numbers) {
                stats(Exposition.labels("worker", worker.name(), "boot", worker.boot(), "queue", queue), numbers, out);
            }
        });
    }

    private static void stats(String labels, JsonObject stats, Exposition out) {
        stats.forEach((name, value) -> {
            if (value instanceof JsonNumber number) {
                out.gauge("sluice_worker_" + name.replaceAll("[^a-z0-9_]", "_"), labels, number.doubleValue());
            }
        });
    }
}
