package dev.sluice.metadata;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.JobPlanner;
import dev.sluice.metadata.upload.Upload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps jobs in memory: one {@code verify} for each completed upload, and the checks that are waiting for a worker. */
public final class FakePlanner implements JobPlanner {
    /** A check that no worker has taken yet. */
    public record Check(String uploadId, int attempt) {}

    private record Planned(String uploadId, PlannedJob job) {}

    public final List<Check> checks = new ArrayList<>();
    private final List<Planned> planned = new ArrayList<>();
    private Optional<String> badUpload = Optional.empty();

    /** From now on planning a check of this upload fails. */
    public void failFor(String uploadId) {
        badUpload = Optional.of(uploadId);
    }

    @Override
    public List<PlannedJob> plan(Transaction tx, Upload upload, long now) {
        planned.add(new Planned(upload.id(), new PlannedJob(Ids.next(now), "verify", "ready")));
        return of(tx, upload.id());
    }

    @Override
    public String check(Transaction tx, Upload upload, int attempt, long now) {
        if (badUpload.filter(upload.id()::equals).isPresent()) {
            throw new IllegalStateException("told to fail");
        }
        Check check = new Check(upload.id(), attempt);
        if (!checks.contains(check)) {
            checks.add(check);
        }
        return Ids.next(now);
    }

    @Override
    public List<PlannedJob> of(Transaction tx, String uploadId) {
        return planned.stream()
                .filter(one -> one.uploadId().equals(uploadId))
                .map(Planned::job)
                .toList();
    }
}
