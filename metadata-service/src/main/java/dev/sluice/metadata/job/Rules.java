package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.JobPlanner;
import dev.sluice.metadata.upload.Upload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Plans the jobs that the configured rules want, each once for an upload and step. Thread-safe. */
public final class Rules implements JobPlanner {
    private final List<Rule> rules;
    private final JobSignals signals;

    public Rules(List<Rule> rules, JobSignals signals) {
        this.rules = List.copyOf(rules);
        this.signals = signals;
    }

    @Override
    public List<PlannedJob> plan(Transaction tx, Upload upload, long now) {
        for (Rule rule : rules) {
            if (rule.match().fits(upload)) {
                for (int i = 0; i < rule.jobs().size(); i++) {
                    plan(tx, upload, rule.name() + '/' + i, rule.jobs().get(i), now);
                }
            }
        }
        return of(tx, upload.id());
    }

    private void plan(Transaction tx, Upload upload, String step, Rule.Step job, long now) {
        String config = job.config().toString();
        String dedupKey = upload.id() + ':' + step + ':' + hash(job.kind() + '\n' + config);
        NewJob row = new NewJob(Ids.next(now), upload.id(), upload.attempt(), job.kind(), Job.JOBS, dedupKey, config);
        if (JobRepository.insert(tx, row, now)) {
            tx.afterCommit(signals::jobsChanged);
        }
    }

    /** An open check of the attempt is brought forward instead. */
    @Override
    public String check(Transaction tx, String uploadId, int attempt, long now) {
        String id = JobRepository.openCheck(tx, uploadId, attempt).orElseGet(() -> {
            String fresh = Ids.next(now);
            String dedupKey = uploadId + ":check:" + fresh;
            JobRepository.insert(tx, new NewJob(fresh, uploadId, attempt, Job.CHECK, Job.CHECKS, dedupKey, "{}"), now);
            return fresh;
        });
        JobRepository.bringForward(tx, id, now);
        tx.afterCommit(signals::jobsChanged);
        return id;
    }

    @Override
    public List<PlannedJob> of(Transaction tx, String uploadId) {
        return JobRepository.ofUpload(tx, uploadId).stream()
                .map(job -> new PlannedJob(job.id(), job.kind(), job.state().text()))
                .toList();
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
