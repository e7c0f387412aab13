package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All SQL of {@code deliveries}. */
final class DeliveryRepository {
    private static final String INSERT = """
            insert into deliveries (id, upload_id, job_id, event, body, state, run_at, created_at)
            values (?, ?, ?, ?, ?, 'pending', ?, ?)
            """;
    private static final String DUE =
            "select id from deliveries where state = 'pending' and run_at <= ? order by run_at, id limit ?";
    private static final String PENDING = "select * from deliveries where id = ? and state = 'pending'";
    private static final String DELIVERED = """
            update deliveries set state = 'delivered', attempts = attempts + 1, delivered_at = ?, last_status = ?,
                   last_error = null
             where id = ? and state = 'pending'
            """;
    private static final String FAILED = """
            update deliveries set state = ?, attempts = attempts + 1, run_at = ?, last_status = ?, last_error = ?
             where id = ? and state = 'pending' and attempts = ?
            """;

    private static final String PULL_BACK = "update deliveries set run_at = ? where state = 'pending' and run_at > ?";

    /** Its name in {@code row_counts}. */
    private static final String COUNTED = "deliveries";

    private static final String PENDING_STATE = "pending";

    private DeliveryRepository() {}

    static void insert(
            Transaction tx, String id, String uploadId, Optional<String> jobId, String event, String body, long now) {
        tx.update(INSERT, id, uploadId, jobId.orElse(null), event, body, now, now);
        tx.came(COUNTED, "", PENDING_STATE, 1);
    }

    /** The first that are due, but none that is being sent: of those only the ids are read. */
    static List<Delivery> due(Transaction tx, long now, Set<String> sending, int limit) {
        return tx.list(DUE, row -> row.text("id"), now, limit + sending.size()).stream()
                .filter(id -> !sending.contains(id))
                .limit(limit)
                .flatMap(id -> tx.first(PENDING, Delivery::of, id).stream())
                .toList();
    }

    static Optional<Long> nextDue(Transaction tx, long after) {
        return tx.first(
                        "select min(run_at) as due from deliveries where state = 'pending' and run_at > ?",
                        row -> row.maybeNumber("due"),
                        after)
                .flatMap(due -> due);
    }

    /** None is due later than this. */
    static int pullBack(Transaction tx, long runAt) {
        return tx.update(PULL_BACK, runAt, runAt);
    }

    static void delivered(Transaction tx, String id, int status, long now) {
        moved(tx, tx.update(DELIVERED, now, status, id), "delivered");
    }

    /** False when this try is on record already. */
    static boolean failed(Transaction tx, Delivery delivery, Failure failure) {
        String state = failure.dead() ? "dead" : PENDING_STATE;
        int rows = tx.update(
                FAILED,
                state,
                failure.runAt(),
                failure.status().orElse(null),
                failure.error(),
                delivery.id(),
                delivery.attempts());
        moved(tx, rows, state);
        return rows > 0;
    }

    private static void moved(Transaction tx, int rows, String to) {
        tx.left(COUNTED, "", PENDING_STATE, rows);
        tx.came(COUNTED, "", to, rows);
    }
}
