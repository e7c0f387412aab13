package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What {@code upload.json} shows of an upload's jobs. */
public final class JobParts {
    private JobParts() {}

    /** {@code none}, {@code waiting}, {@code running}, {@code succeeded} or {@code failed}. */
    public static String processing(Transaction tx, String uploadId) {
        Set<JobState> states = EnumSet.noneOf(JobState.class);
        JobRepository.ofUpload(tx, uploadId).forEach(job -> states.add(job.state()));
        if (states.isEmpty()) {
            return "none";
        }
        if (states.contains(JobState.RUNNING)) {
            return "running";
        }
        if (states.contains(JobState.READY) || states.contains(JobState.WAITING)) {
            return "waiting";
        }
        return states.equals(EnumSet.of(JobState.SUCCEEDED)) ? "succeeded" : "failed";
    }

    public static JsonArray jobs(Transaction tx, String uploadId) {
        List<Job> jobs = JobRepository.ofUpload(tx, uploadId);
        JsonArrayBuilder array = JsonIo.array();
        for (Job job : jobs) {
            array.add(JsonIo.object()
                    .add("job_id", job.id())
                    .add("kind", job.kind())
                    .add("state", job.state().text())
                    .add("attempts", job.attempt())
                    .add("finished_at", JsonIo.time(job.finishedAt())));
        }
        return array.build();
    }
}
