package dev.sluice.metadata.upload;

import dev.sluice.metadata.db.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All SQL of the table {@code upload_attempts}. */
public final class AttemptRepository {
    private static final String FIND = "select * from upload_attempts where upload_id = ? and attempt = ?";

    private static final String CURRENT = """
            select a.* from uploads u join upload_attempts a on a.upload_id = u.id and a.attempt = u.attempt where u.id in (%s)
            """;

    private static final String BY_REQUEST = "select * from upload_attempts where request = ?";

    static final String INTENTS_OF_BOOT = """
            select a.* from uploads u join upload_attempts a on a.upload_id = u.id and a.attempt = u.attempt
             where u.state = 'intent' and a.boot = ?
            """;

    static final String COUNTED_OF_BOOT = """
            select * from upload_attempts
             where boot = ? and in_doubt = 0 and absences < 2 and (check_nobody = 1 or absences = 1)
            """;

    private static final String OPEN_UNCHECKED = """
            select a.* from uploads u join upload_attempts a on a.upload_id = u.id and a.attempt = u.attempt
             where (u.state = 'intent' or u.state = 'receiving' or u.state = 'reported')
               and a.check_at is null and a.check_job is null
            """;

    private static final String DUE = """
            select * from upload_attempts where check_at is not null and check_at <= ? and check_job is null
             order by check_at limit ?
            """;

    private static final String INSERT = """
            insert into upload_attempts (upload_id, attempt, request, gateway, boot, bucket, object_key, max_bytes, user_digest,
                                         check_at, created_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String BRING_FORWARD = """
            update upload_attempts set check_at = ?
             where upload_id = ? and attempt = ? and (check_at is null or check_at > ?)
            """;

    private static final String PLANNED = """
            update upload_attempts set check_at = null, check_job = ?
             where upload_id = ? and attempt = ? and check_job is null and check_at is not null
            """;

    private static final String LEASED =
            "update upload_attempts set check_nobody = ?, checks = checks + 1 where upload_id = ? and attempt = ?";

    private static final String CHECKED = """
            update upload_attempts set check_job = null, check_nobody = 0, check_at = ?, absences = ?, absent_at = ?, unclear = ?,
                   check_note = ?, bucket_missing_at = ?, delete_object = ?
             where upload_id = ? and attempt = ?
            """;

    private static final String NAMED = """
            update upload_attempts set check_nobody = 0, absences = 0, absent_at = null
             where upload_id = ? and attempt = ? and absences < 2 and in_doubt = 0
            """;

    private static final String IN_DOUBT = """
            update upload_attempts set in_doubt = 1, doubt_until = ?, check_note = ?, check_nobody = 0, absences = 0, absent_at = null,
                   check_at = case when check_at is null or check_at > ? then ? else check_at end
             where upload_id = ? and attempt = ? and in_doubt = 0
            """;

    private static final String SUPERSEDED = """
            update upload_attempts set superseded_at = ?, check_at = ?, absences = 0, absent_at = null, unclear = 0
             where upload_id = ? and attempt = ? and superseded_at is null
            """;

    private static final String SETTLED = """
            update upload_attempts set check_at = null, absences = 0, absent_at = null, check_note = null, bucket_missing_at = null
             where upload_id = ? and attempt = ?
            """;

    private static final String TO_DELETE =
            "update upload_attempts set delete_object = 1, check_at = ? where upload_id = ? and attempt = ?";

    private static final String DELETABLE = """
            update upload_attempts set check_at = ?
             where upload_id = ? and attempt < ? and delete_object = 1
            """;

    private static final String REPORTED_AGAIN = """
            update upload_attempts set check_at = ?, absences = 0, absent_at = null, unclear = 0, check_note = null,
                   bucket_missing_at = null
             where upload_id = ? and attempt = ?
            """;

    private static final String PULL_BACK = """
            update upload_attempts set check_at = min(check_at, ?), absent_at = min(absent_at, ?), doubt_until = min(doubt_until, ?)
             where (check_at > ? or absent_at > ? or doubt_until > ?)
            """;

    static final String PULL_BACK_WAITING = PULL_BACK + " and check_at is not null";

    /** Those whose check has begun: an open job has not finished. */
    static final String PULL_BACK_CHECKED = PULL_BACK + """
               and (upload_id, attempt) in (select upload_id, attempt_of from jobs where queue = 'checks' and finished_at is null)
            """;

    public Optional<Attempt> find(Transaction tx, String uploadId, int attempt) {
        return tx.first(FIND, Attempt::of, uploadId, attempt);
    }

    /** The current attempts of these uploads. */
    List<Attempt> current(Transaction tx, List<String> uploadIds) {
        return tx.listIn(CURRENT, Attempt::of, uploadIds);
    }

    public Optional<Attempt> byRequest(Transaction tx, String request) {
        return tx.first(BY_REQUEST, Attempt::of, request);
    }

    /** Attempts of a boot to which being named makes a difference. */
    List<Attempt> ofBoot(Transaction tx, String boot) {
        List<Attempt> attempts = new ArrayList<>(tx.list(INTENTS_OF_BOOT, Attempt::of, boot));
        attempts.addAll(tx.list(COUNTED_OF_BOOT, Attempt::of, boot));
        return attempts;
    }

    /** Current attempts of open uploads that no check is planned for. */
    public List<Attempt> openUnchecked(Transaction tx) {
        return tx.list(OPEN_UNCHECKED, Attempt::of);
    }

    public List<Attempt> due(Transaction tx, long now, int limit) {
        return tx.list(DUE, Attempt::of, now, limit);
    }

    public void insert(Transaction tx, Attempt attempt, long now) {
        tx.update(
                INSERT,
                attempt.uploadId(),
                attempt.number(),
                attempt.request(),
                attempt.gateway().orElse(null),
                attempt.boot().orElse(null),
                attempt.bucket(),
                attempt.objectKey(),
                attempt.maxBytes().orElse(null),
                attempt.user().orElse(null),
                attempt.look().at().orElse(null),
                now);
    }

    /** Returns false when a check was planned for that time or earlier anyway. */
    public boolean bringForward(Transaction tx, Attempt attempt, long at) {
        return tx.update(BRING_FORWARD, at, attempt.uploadId(), attempt.number(), at) == 1;
    }

    /** Returns false when somebody else has planned the check. */
    public boolean planned(Transaction tx, Attempt attempt, String jobId) {
        return tx.update(PLANNED, jobId, attempt.uploadId(), attempt.number()) == 1;
    }

    public boolean leased(Transaction tx, Attempt attempt, boolean nobody) {
        return tx.update(LEASED, nobody ? 1 : 0, attempt.uploadId(), attempt.number()) == 1;
    }

    /** Writes what a check has come to, and that none is running. */
    public boolean checked(Transaction tx, Attempt attempt, Look after) {
        return tx.update(
                        CHECKED,
                        after.at().orElse(null),
                        after.absences(),
                        after.absentAt().orElse(null),
                        after.unclear(),
                        after.note().orElse(null),
                        after.bucketMissingAt().orElse(null),
                        after.delete() ? 1 : 0,
                        attempt.uploadId(),
                        attempt.number())
                == 1;
    }

    /** A beat has named it: what was counted against it counts no more. */
    boolean named(Transaction tx, Attempt attempt) {
        return tx.update(NAMED, attempt.uploadId(), attempt.number()) == 1;
    }

    /** To be looked at now, and nobody's from {@code until} on; what was counted before counts no more. */
    boolean inDoubt(Transaction tx, Attempt attempt, String detail, long now, long until) {
        return tx.update(IN_DOUBT, until, detail, now, now, attempt.uploadId(), attempt.number()) == 1;
    }

    boolean superseded(Transaction tx, String uploadId, int attempt, long checkAt, long now) {
        return tx.update(SUPERSEDED, now, checkAt, uploadId, attempt) == 1;
    }

    /** Its outcome is known: nothing is left to look for. */
    boolean settled(Transaction tx, String uploadId, int attempt) {
        return tx.update(SETTLED, uploadId, attempt) == 1;
    }

    /** Its object is to go as soon as a later attempt has completed. */
    public boolean toDelete(Transaction tx, Attempt attempt, long checkAt) {
        return tx.update(TO_DELETE, checkAt, attempt.uploadId(), attempt.number()) == 1;
    }

    /** A later attempt has completed; the number of objects that may go now. */
    int deletable(Transaction tx, String uploadId, int completed, long now) {
        return tx.update(DELETABLE, now, uploadId, completed);
    }

    /** What is to be looked at is so no later than it could be if all began now; says of how many that was changed. */
    public int pullBack(Transaction tx, Times times, long now) {
        long check = now + times.longest().toMillis();
        long doubt = now + times.recheck().toMillis();
        Object[] values = {check, now, doubt, check, now, doubt};
        return tx.update(PULL_BACK_WAITING, values) + tx.update(PULL_BACK_CHECKED, values);
    }

    public boolean reportedAgain(Transaction tx, Attempt attempt, long now) {
        return tx.update(REPORTED_AGAIN, now, attempt.uploadId(), attempt.number()) == 1;
    }
}
