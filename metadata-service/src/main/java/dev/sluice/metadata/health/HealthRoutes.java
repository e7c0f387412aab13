package dev.sluice.metadata.health;

import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.Reading;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;

/** {@code /health/live}, {@code /health/ready} and {@code /health/loop}, on both listeners. */
public final class HealthRoutes implements HttpService {
    private static final Duration STANDSTILL = Duration.ofSeconds(10);

    private final Readiness readiness;
    private final LoopSampler sampler;
    private final IntSupplier workersAlive;

    public HealthRoutes(Readiness readiness, LoopSampler sampler, IntSupplier workersAlive) {
        this.readiness = readiness;
        this.sampler = sampler;
        this.workersAlive = workersAlive;
    }

    @Override
    public void routing(HttpRules rules) {
        Reading.at(rules, "/health/live", this::live);
        Reading.at(rules, "/health/ready", this::ready);
        Reading.at(rules, "/health/loop", this::loop);
    }

    private void live(ServerRequest req, ServerResponse res) {
        boolean runs = sampler.runs(STANDSTILL);
        JsonIo.send(
                req,
                res,
                runs ? 200 : 503,
                JsonIo.object().add("status", runs ? "live" : "stuck").build());
    }

    private void ready(ServerRequest req, ServerResponse res) {
        Optional<String> trouble = readiness.trouble();
        JsonArrayBuilder reasons = JsonIo.array();
        trouble.ifPresent(reasons::add);
        int workers = trouble.isPresent() ? 0 : workersAlive.getAsInt();
        if (trouble.isEmpty() && workers == 0) {
            reasons.add("no worker is alive: uploads are taken, jobs wait");
        }
        JsonIo.send(
                req,
                res,
                trouble.isEmpty() ? 200 : 503,
                JsonIo.object()
                        .add("status", trouble.isEmpty() ? "ready" : "not-ready")
                        .add("workers_alive", workers)
                        .add("reasons", reasons)
                        .build());
    }

    private void loop(ServerRequest req, ServerResponse res) {
        JsonIo.send(
                req,
                res,
                200,
                JsonIo.object()
                        .add("status", sampler.degraded() ? "degraded" : "ok")
                        .add("loop_latency_ms", Math.round(sampler.latency().toNanos() / 1e4) / 100.0)
                        .build());
    }
}
