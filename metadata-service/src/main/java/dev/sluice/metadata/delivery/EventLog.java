package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.Transaction;
import java.util.List;

/** All SQL of {@code events}: a log without gaps, numbered by the one thread that commits. */
final class EventLog {
    private static final String APPEND = """
            insert into events (seq, type, owner, upload_id, job_id, data, at)
            values ((select coalesce(max(seq), 0) + 1 from events), ?, ?, ?, ?, ?, ?)
            """;

    private EventLog() {}

    static void append(Transaction tx, Event event, String owner) {
        tx.update(APPEND, event.type(), owner, event.uploadId(), event.jobId().orElse(null), event.data(), event.at());
    }

    static List<Event> page(Transaction tx, String owner, long after, int limit) {
        return tx.list(
                "select * from events where owner = ? and seq > ? order by seq limit ?",
                Event::of,
                owner,
                after,
                limit);
    }
}
