package dev.sluice.metadata.job;

import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Upload;
import dev.sluice.metadata.upload.UploadJson;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Jobs and leases as JSON ({@code job.json}, {@code lease-answer.json}). */
final class JobJson {
    private JobJson() {}

    static JsonObject leases(List<Lease> leases, Duration lease) {
        JsonArrayBuilder array = JsonIo.array();
        for (Lease granted : leases) {
            array.add(JsonIo.object()
                    .add("job_id", granted.job().id())
                    .add("token", granted.job().token().toString())
                    .add("kind", granted.job().kind())
                    .add("attempt", granted.job().attempt())
                    .add("lease_ms", lease.toMillis())
                    .add("payload", granted.payload()));
        }
        return JsonIo.object().add("leases", array).build();
    }

    static JsonObject payload(Job job, Upload upload, ObjectUrls urls) {
        return JsonIo.object()
                .add("upload_id", upload.id())
                .add("attempt", upload.attempt())
                .addAll(UploadJson.object(upload))
                .add("object_url", urls.of(upload.id()))
                .add("filename", JsonIo.text(upload.filename()))
                .add("content_type", JsonIo.text(upload.contentType()))
                .add("owner", upload.owner())
                .add("data", JsonIo.stored(upload.data()))
                .add("config", JsonIo.parse(job.config()))
                .build();
    }

    static JsonObject job(Job job, List<Attempt> attempts) {
        JsonArrayBuilder array = JsonIo.array();
        attempts.forEach(attempt -> array.add(attempt(attempt)));
        return JsonIo.object()
                .add("job_id", job.id())
                .add("upload_id", job.uploadId())
                .add("kind", job.kind())
                .add("queue", job.queue())
                .add("state", job.state().text())
                .add("attempts", array)
                .add("failures", job.failures())
                .add("crashes", job.crashes())
                .add("result", JsonIo.stored(job.result()))
                .add("progress", JsonIo.stored(job.progress()))
                .add("error", JsonIo.text(job.error()))
                .add("run_at", JsonIo.time(job.runAt()))
                .add("created_at", JsonIo.time(job.createdAt()))
                .add("finished_at", JsonIo.time(job.finishedAt()))
                .build();
    }

    private static JsonValue attempt(Attempt attempt) {
        return JsonIo.object()
                .add("number", attempt.number())
                .add("worker", attempt.worker())
                .add("outcome", attempt.outcome())
                .add("started_at", JsonIo.time(attempt.startedAt()))
                .add("finished_at", JsonIo.time(attempt.finishedAt()))
                .add("error", JsonIo.text(attempt.error()))
                .add("exit_code", JsonIo.number(attempt.run().exitCode()))
                .add("cpu_ms", JsonIo.number(attempt.run().cpuMillis()))
                .add("max_rss_bytes", JsonIo.number(attempt.run().maxRssBytes()))
                .add("output_tail", JsonIo.text(attempt.run().outputTail()))
                .build();
    }

    static JsonObject workers(List<Worker> workers, long now) {
        JsonArrayBuilder array = JsonIo.array();
        for (Worker worker : workers) {
            array.add(JsonIo.object()
                    .add("worker", worker.name())
                    .add("boot", worker.boot())
                    .add("state", worker.state())
                    .add("seen_ms_ago", Math.max(0, now - worker.lastSeen()))
                    .add("kinds", JsonIo.stored(Optional.of(worker.kinds())))
                    .add("stats", JsonIo.stored(worker.stats())));
        }
        return JsonIo.object().add("workers", array).build();
    }
}
