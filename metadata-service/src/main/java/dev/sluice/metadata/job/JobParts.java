package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@code upload.json} shows of an upload's jobs, checks left out.
 *
 * @param processing {@code none}, {@code waiting}, {@code running}, {@code succeeded} or {@code failed}
 */
public record JobParts(String processing, JsonArray jobs) {
    public static final JobParts NONE = new JobParts("none", JsonArray.EMPTY_JSON_ARRAY);

    /** By upload id; those without jobs are left out. */
    public static Map<String, JobParts> of(Transaction tx, List<String> uploadIds) {
        Map<String, List<Job>> jobs =
                JobRepository.ofUploads(tx, uploadIds).stream().collect(Collectors.groupingBy(Job::uploadId));
        Map<String, JobParts> parts = new HashMap<>();
        jobs.forEach((id, ofOne) -> parts.put(id, new JobParts(processing(ofOne), json(ofOne))));
        return parts;
    }

    private static String processing(List<Job> jobs) {
        Set<JobState> states =
                jobs.stream().map(Job::state).collect(Collectors.toCollection(() -> EnumSet.noneOf(JobState.class)));
        if (states.contains(JobState.RUNNING)) {
            return "running";
        }
        if (states.contains(JobState.READY) || states.contains(JobState.WAITING)) {
            return "waiting";
        }
        return states.equals(EnumSet.of(JobState.SUCCEEDED)) ? "succeeded" : "failed";
    }

    private static JsonArray json(List<Job> jobs) {
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
