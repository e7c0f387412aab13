package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.runtime.Ids;
import dev.sluice.metadata.upload.JobPlanner;
import dev.sluice.metadata.upload.Upload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** Plans the jobs that the configured rules want, each once for an upload and step. Thread-safe. */
public final class Rules implements JobPlanner {
    /** One job of a rule as its rows have it: its configuration as text, and what makes it another step when that changes. */
    private record Step(String kind, String config, String dedupSuffix) {}

    private record Steps(Rule.Match match, List<Step> steps) {}

    private final List<Steps> rules;
    private final JobSignals signals;

    public Rules(List<Rule> rules, JobSignals signals) {
        this.rules = rules.stream().map(Rules::steps).toList();
        this.signals = signals;
    }

    private static Steps steps(Rule rule) {
        List<Step> steps = new ArrayList<>();
        for (Rule.Step job : rule.jobs()) {
            String config = job.config().toString();
            String suffix = rule.name() + '/' + steps.size() + ':' + hash(job.kind() + '\n' + config);
            steps.add(new Step(job.kind(), config, suffix));
        }
        return new Steps(rule.match(), steps);
    }

    @Override
    public List<PlannedJob> plan(Transaction tx, Upload upload, long now) {
        List<PlannedJob> fresh = new ArrayList<>();
        boolean all = true;
        for (Steps rule : rules) {
            if (rule.match().fits(upload)) {
                for (Step step : rule.steps()) {
                    all &= plan(tx, upload, step, fresh, now);
                }
            }
        }
        fresh.sort(Comparator.comparing(PlannedJob::id));
        return all ? fresh : of(tx, upload.id());
    }

    /** False when the job exists already. */
    private boolean plan(Transaction tx, Upload upload, Step step, List<PlannedJob> fresh, long now) {
        NewJob row = new NewJob(
                Ids.next(now),
                upload.id(),
                upload.owner(),
                upload.attempt(),
                step.kind(),
                Job.JOBS,
                upload.id() + ':' + step.dedupSuffix(),
                step.config());
        if (!JobRepository.insert(tx, row, now)) {
            return false;
        }
        fresh.add(new PlannedJob(row.id(), row.kind(), JobState.READY.text()));
        tx.afterCommit(signals::jobsChanged);
        return true;
    }

    /** An open check of the attempt is brought forward instead. */
    @Override
    public String check(Transaction tx, Upload upload, int attempt, long now) {
        String id = JobRepository.openCheck(tx, upload.id(), attempt).orElseGet(() -> {
            String fresh = Ids.next(now);
            NewJob row = new NewJob(
                    fresh,
                    upload.id(),
                    upload.owner(),
                    attempt,
                    Job.CHECK,
                    Job.CHECKS,
                    upload.id() + ":check:" + fresh,
                    "{}");
            JobRepository.insert(tx, row, now);
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
