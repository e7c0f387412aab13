package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Row;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.upload.Upload;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All SQL of {@code jobs} and {@code job_attempts}. What changes a running job is guarded by its fence. */
final class JobRepository {
    private record Due(String id, JobState state, long runAt) {
        static Due of(Row row) throws SQLException {
            return new Due(row.text("id"), JobState.of(row.text("state")), row.number("run_at"));
        }
    }

    private record OldCheck(String id, String state) {}

    /** The name of the table in {@code row_counts}. */
    private static final String COUNTED = "jobs";

    private static final int BATCH = 200;

    private static final String INSERT = """
            insert into jobs (id, upload_id, owner, attempt_of, kind, queue, state, dedup_key, config, run_at, created_at)
            values (?, ?, ?, ?, ?, ?, 'ready', ?, ?, ?, ?)
            on conflict (dedup_key) do nothing
            """;
    private static final String BRING_FORWARD =
            "update jobs set run_at = ?, state = 'ready' where id = ? and state = ? and run_at > ?";
    private static final String PULL_BACK =
            "update jobs set run_at = ? where queue = ? and state in ('ready', 'waiting') and run_at > ?";
    private static final String OPEN_CHECK = """
            select id from jobs
             where upload_id = ? and attempt_of = ? and queue = 'checks' and state in ('ready', 'waiting', 'running')
            """;
    private static final String OF_UPLOADS =
            "select * from jobs where upload_id in (%s) and queue = 'jobs' order by upload_id, id";
    private static final String ATTEMPTS = """
            select * from job_attempts where job_id in (%s) and outcome not in ('released', 'lost') order by job_id, fence
            """;
    static final String DUE = """
            select id, state, run_at from jobs where queue = ? and kind = ? and state in ('ready', 'waiting') and run_at <= ?
             order by run_at, id limit ?
            """;
    static final String NEXT_DUE =
            "select min(run_at) as due from jobs where queue = ? and kind = ? and state in ('ready', 'waiting')";
    private static final String CLAIM = """
            update jobs set state = 'running', fence = fence + 1, attempt = attempt + 1, worker = ?, worker_boot = ?,
                   lease_until = ?, taken_up = 0, progress = null
             where id = ? and state = ?
            returning *
            """;
    private static final String BEGIN_ATTEMPT = """
            insert into job_attempts (job_id, fence, number, worker, outcome, started_at)
            values (?, ?, ?, ?, 'running', ?)
            """;
    private static final String END_ATTEMPT = """
            update job_attempts set outcome = ?, finished_at = ?, error = ?, exit_code = ?, wall_ms = ?, cpu_ms = ?,
                   max_rss_bytes = ?, output_tail = ?
             where job_id = ? and fence = ? and outcome = 'running'
            """;
    private static final String ENDED_SO = """
            select 1 from job_attempts where job_id = ? and fence = ? and outcome = ? and coalesce(error, '') = ?
            """;
    private static final String EXTEND = """
            update jobs set lease_until = ?, taken_up = 1, progress = coalesce(?, progress)
             where id = ? and fence = ? and state = 'running'
            """;
    private static final String SUCCEED = """
            update jobs set state = 'succeeded', result = ?, error = null, finished_at = ?, lease_until = null
             where id = ? and fence = ? and state = 'running'
            returning kind
            """;
    private static final String PUT_BACK = """
            update jobs set state = ?, run_at = ?, failures = ?, crashes = ?, error = ?, finished_at = ?, lease_until = null
             where id = ? and fence = ? and state = 'running'
            returning kind
            """;
    private static final String RELEASE = """
            update jobs set state = 'ready', run_at = ?, attempt = attempt - 1, lease_until = null
             where id = ? and fence = ? and state = 'running'
            returning kind
            """;

    static final String OLD_CHECKS =
            "select id, state from jobs where queue = 'checks' and finished_at < ? limit " + BATCH;

    private JobRepository() {}

    /** False when there is such a job already. */
    static boolean insert(Transaction tx, NewJob job, long now) {
        int rows = tx.update(
                INSERT,
                job.id(),
                job.uploadId(),
                job.owner(),
                job.attemptOf(),
                job.kind(),
                job.queue(),
                job.dedupKey(),
                job.config(),
                now,
                now);
        tx.came(COUNTED, job.kind(), JobState.READY.text(), rows);
        return rows == 1;
    }

    static Optional<String> openCheck(Transaction tx, String uploadId, int attempt) {
        return tx.first(OPEN_CHECK, row -> row.text("id"), uploadId, attempt);
    }

    /** Has a check that waits be due; one that runs already, or is due, is left as it is. */
    static void bringForward(Transaction tx, String id, long now) {
        if (tx.update(BRING_FORWARD, now, id, JobState.READY.text(), now) == 0) {
            int rows = tx.update(BRING_FORWARD, now, id, JobState.WAITING.text(), now);
            moved(tx, rows, Job.CHECK, JobState.WAITING, JobState.READY);
        }
    }

    private static void moved(Transaction tx, int rows, String kind, JobState from, JobState to) {
        tx.left(COUNTED, kind, from.text(), rows);
        tx.came(COUNTED, kind, to.text(), rows);
    }

    /** Runs a statement that ends the lease of one job, if it is still held. */
    private static boolean ended(Transaction tx, JobState to, String sql, @Nullable Object... values) {
        Optional<String> kind = tx.first(sql, row -> row.text("kind"), values);
        kind.ifPresent(known -> moved(tx, 1, known, JobState.RUNNING, to));
        return kind.isPresent();
    }

    static Optional<Job> find(Transaction tx, String id) {
        return tx.first("select * from jobs where id = ?", Job::of, id);
    }

    static Upload upload(Transaction tx, String id) {
        return tx.first("select * from uploads where id = ?", Upload::of, id)
                .orElseThrow(() -> new IllegalStateException("no upload " + id));
    }

    /** Checks left out. */
    static List<Job> ofUpload(Transaction tx, String uploadId) {
        return ofUploads(tx, List.of(uploadId));
    }

    /** Checks left out. */
    static List<Job> ofUploads(Transaction tx, List<String> uploadIds) {
        return tx.listIn(OF_UPLOADS, Job::of, uploadIds);
    }

    /** When the first job is due that this request would get. */
    static Optional<Long> nextDue(Transaction tx, LeaseRequest request) {
        return request.kinds().stream()
                .flatMap(kind -> tx.first(NEXT_DUE, row -> row.maybeNumber("due"), request.queue(), kind).stream())
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    /** Takes due jobs, oldest first; each has a new fence and one attempt more. */
    static List<Job> claim(Transaction tx, LeaseRequest request, long leaseUntil, long now) {
        List<Due> due = request.kinds().stream()
                .distinct()
                .flatMap(kind -> tx.list(DUE, Due::of, request.queue(), kind, now, request.max()).stream())
                .sorted(Comparator.comparingLong(Due::runAt).thenComparing(Due::id))
                .limit(request.max())
                .toList();
        List<Job> claimed = new ArrayList<>();
        for (Due one : due) {
            Job job = tx.first(
                            CLAIM,
                            Job::of,
                            request.worker(),
                            request.boot(),
                            leaseUntil,
                            one.id(),
                            one.state().text())
                    .orElseThrow(() -> new IllegalStateException("row changed under its transaction job=" + one.id()));
            moved(tx, 1, job.kind(), one.state(), JobState.RUNNING);
            tx.update(BEGIN_ATTEMPT, job.id(), job.fence(), job.attempt(), request.worker(), now);
            claimed.add(job);
        }
        return claimed;
    }

    static boolean extend(Transaction tx, LeaseToken token, Optional<String> progress, long leaseUntil) {
        return tx.update(EXTEND, leaseUntil, progress.orElse(null), token.jobId(), token.fence()) == 1;
    }

    static boolean succeed(Transaction tx, LeaseToken token, String result, long now) {
        return ended(tx, JobState.SUCCEEDED, SUCCEED, result, now, token.jobId(), token.fence());
    }

    /** Ends a lease without success: the job is put back for later, or given up. */
    static boolean putBack(Transaction tx, LeaseToken token, Verdict verdict, long now) {
        return ended(
                tx,
                verdict.state(),
                PUT_BACK,
                verdict.state().text(),
                verdict.runAt(),
                verdict.failures(),
                verdict.crashes(),
                verdict.error(),
                verdict.state().finished() ? now : null,
                token.jobId(),
                token.fence());
    }

    static boolean release(Transaction tx, LeaseToken token, long now) {
        return ended(tx, JobState.READY, RELEASE, now, token.jobId(), token.fence());
    }

    static void endAttempt(
            Transaction tx, LeaseToken token, Outcome outcome, Optional<String> error, RunStats run, long now) {
        int rows = tx.update(
                END_ATTEMPT,
                outcome.text(),
                now,
                error.orElse(null),
                run.exitCode().orElse(null),
                run.wallMillis().orElse(null),
                run.cpuMillis().orElse(null),
                run.maxRssBytes().orElse(null),
                run.outputTail().orElse(null),
                token.jobId(),
                token.fence());
        if (rows != 1) {
            throw new IllegalStateException("no running attempt " + token);
        }
    }

    /** Whether this lease ended exactly so: then its holder only did not hear our answer. */
    static boolean endedSo(Transaction tx, LeaseToken token, Outcome outcome, String error) {
        return tx.first(ENDED_SO, row -> 1, token.jobId(), token.fence(), outcome.text(), error)
                .isPresent();
    }

    /** Every claim that was charged, oldest first. */
    static List<Attempt> attempts(Transaction tx, String jobId) {
        return attempts(tx, List.of(jobId)).getOrDefault(jobId, List.of());
    }

    /** The same for several jobs, by job id; those that were never claimed are left out. */
    static Map<String, List<Attempt>> attempts(Transaction tx, List<String> jobIds) {
        Map<String, List<Attempt>> attempts = new HashMap<>();
        tx.listIn(
                ATTEMPTS,
                row -> attempts.computeIfAbsent(row.text("job_id"), job -> new ArrayList<>())
                        .add(Attempt.of(row)),
                jobIds);
        return attempts;
    }

    static List<Job> leasesRunOut(Transaction tx, long now) {
        return tx.list(
                "select * from jobs where state = 'running' and lease_until < ? order by lease_until limit " + BATCH,
                Job::of,
                now);
    }

    static boolean ranOut(Transaction tx, LeaseToken token, long now) {
        return tx.first(
                        "select taken_up from jobs where id = ? and fence = ? and state = 'running' and lease_until < ?",
                        row -> row.integer("taken_up"),
                        token.jobId(),
                        token.fence(),
                        now)
                .isPresent();
    }

    static List<Job> leasesOf(Transaction tx, String boot) {
        return tx.list("select * from jobs where state = 'running' and worker_boot = ?", Job::of, boot);
    }

    /** What earlier lives of this worker still hold. */
    static List<Job> leasesOfOtherBoots(Transaction tx, String worker, String boot) {
        return tx.list(
                "select * from jobs where state = 'running' and worker = ? and worker_boot <> ?",
                Job::of,
                worker,
                boot);
    }

    /** No lease ends before this time. */
    static int extendAll(Transaction tx, long leaseUntil) {
        return tx.update(
                "update jobs set lease_until = ? where state = 'running' and lease_until < ?", leaseUntil, leaseUntil);
    }

    /** No open job is due later than this. */
    static int pullBack(Transaction tx, String queue, long runAt) {
        return tx.update(PULL_BACK, runAt, queue, runAt);
    }

    /** No lease ends after this time. */
    static int shortenAll(Transaction tx, long leaseUntil) {
        return tx.update(
                "update jobs set lease_until = ? where state = 'running' and lease_until > ?", leaseUntil, leaseUntil);
    }

    /** Forgets checks that ended before {@code until}: a busy upload makes many and nobody asks for them again. */
    static int deleteChecks(Transaction tx, long until) {
        List<OldCheck> old = tx.list(OLD_CHECKS, row -> new OldCheck(row.text("id"), row.text("state")), until);
        for (OldCheck check : old) {
            tx.update("delete from job_attempts where job_id = ?", check.id());
            tx.left(COUNTED, Job.CHECK, check.state(), tx.update("delete from jobs where id = ?", check.id()));
        }
        return old.size();
    }
}
