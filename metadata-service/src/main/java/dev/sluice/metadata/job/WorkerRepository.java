package dev.sluice.metadata.job;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonArrayBuilder;
import java.util.List;
import java.util.Optional;

/** All SQL of {@code workers}. */
public final class WorkerRepository {
    private static final String CHECK_ONLY = "[\"check\"]";

    private static final String SEEN = """
            insert into workers (boot, name, kinds, stats, state, first_seen, last_seen)
            values (?, ?, ?, ?, 'alive', ?, ?)
            on conflict (boot) do update set
                kinds = case when excluded.kinds = '["check"]' then workers.kinds else excluded.kinds end,
                stats = excluded.stats,
                state = 'alive',
                last_seen = excluded.last_seen
            """;
    private static final String TOUCH_HOLDER = """
            update workers set last_seen = ?, state = case when state = 'stopped' then state else 'alive' end
             where boot = (select worker_boot from jobs where id = ? and fence = ? and state = 'running')
            """;

    private static final String PRESENT = """
            select * from workers w
             where state <> 'stopped'
                or not exists (select 1 from workers o
                                where o.name = w.name and (o.first_seen, o.boot) > (w.first_seen, w.boot))
             order by name, first_seen
            """;

    private WorkerRepository() {}

    static Optional<Worker> find(Transaction tx, String boot) {
        return tx.first("select * from workers where boot = ?", Worker::of, boot);
    }

    static void seen(Transaction tx, LeaseRequest request, Optional<String> stats, long now) {
        JsonArrayBuilder kinds = JsonIo.array();
        request.kinds().forEach(kinds::add);
        String json =
                request.queue().equals(Job.CHECKS) ? CHECK_ONLY : kinds.build().toString();
        tx.update(SEEN, request.boot(), request.worker(), json, stats.orElse(null), now, now);
    }

    static int touch(Transaction tx, String boot, long now) {
        return tx.update("update workers set last_seen = ? where boot = ? and state = 'alive'", now, boot);
    }

    static int touchHolder(Transaction tx, LeaseToken token, long now) {
        return tx.update(TOUCH_HOLDER, now, token.jobId(), token.fence());
    }

    /** Earlier lives of a worker are over when a new one begins. */
    static int replaceOthers(Transaction tx, String name, String boot) {
        return tx.update("update workers set state = 'stopped' where name = ? and boot <> ?", name, boot);
    }

    static boolean stopped(Transaction tx, String boot, long now) {
        return tx.update("update workers set state = 'stopped', last_seen = ? where boot = ?", now, boot) == 1;
    }

    static boolean replaced(Transaction tx, String boot) {
        return find(tx, boot).map(worker -> worker.state().equals("stopped")).orElse(false);
    }

    static List<Worker> silentSince(Transaction tx, long time) {
        return tx.list("select * from workers where state = 'alive' and last_seen < ?", Worker::of, time);
    }

    /** False when it has been heard of meanwhile. */
    static boolean lost(Transaction tx, Worker worker) {
        return tx.update(
                        "update workers set state = 'lost' where boot = ? and state = 'alive' and last_seen = ?",
                        worker.boot(),
                        worker.lastSeen())
                == 1;
    }

    static int touchAll(Transaction tx, long now) {
        return tx.update("update workers set last_seen = ? where state = 'alive'", now);
    }

    static int forget(Transaction tx, long until) {
        return tx.update("delete from workers where state <> 'alive' and last_seen < ?", until);
    }

    /** The present lives of all workers, replaced ones left out; one that stopped and was not replaced is there. */
    public static List<Worker> present(Transaction tx) {
        return tx.list(PRESENT, Worker::of);
    }
}
