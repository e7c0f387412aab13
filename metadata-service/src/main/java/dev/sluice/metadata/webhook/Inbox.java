package dev.sluice.metadata.webhook;

import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.event.Hints;
import dev.sluice.metadata.runtime.HaltPoint;
import dev.sluice.metadata.upload.UploadTables;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;

/**
 * Takes one store's notifications, each in one transaction. None of them is proof: the most that one brings about is a look at the store.
 * What cannot be read is put aside, for a sender repeats what it is refused and keeps all later ones back. Thread-safe.
 */
public final class Inbox {
    private static final Logger LOG = System.getLogger(Inbox.class.getName());

    /** The longest body that is read as a notification. */
    static final int MAX_BODY = 256 * 1024;

    private final String source;
    private final UploadTables tables;
    private final Hints hints;
    private final String owner;
    private final Set<String> buckets;
    private final WebhookMeters meters;

    /**
     * @param owner whose uploads unknown objects become
     * @param buckets those that notifications may be about
     */
    public Inbox(
            String source, UploadTables tables, Hints hints, String owner, Set<String> buckets, WebhookMeters meters) {
        this.source = source;
        this.tables = tables;
        this.hints = hints;
        this.owner = owner;
        this.buckets = Set.copyOf(buckets);
        this.meters = meters;
    }

    /** Returns what became of each record, once that is durable. */
    List<Outcome> take(byte[] body) {
        List<StoreEvent> events =
                body.length > MAX_BODY ? List.of(new StoreEvent.Unreadable("too-long")) : StoreEvent.parse(body);
        List<Outcome> outcomes;
        try {
            outcomes = commit(events, body);
        } catch (IllegalStateException e) {
            LOG.log(Level.ERROR, "webhook failed by our fault source=" + source, e);
            outcomes = commit(List.of(new StoreEvent.Unreadable("internal-error")), body);
        }
        meters.took(outcomes);
        return outcomes;
    }

    private List<Outcome> commit(List<StoreEvent> events, byte[] body) {
        return tables.committer().commit(tx -> {
            tx.mark(HaltPoint.WEBHOOK_BEFORE_COMMIT, HaltPoint.WEBHOOK_AFTER_COMMIT);
            events.stream()
                    .filter(StoreEvent.Unreadable.class::isInstance)
                    .map(StoreEvent.Unreadable.class::cast)
                    .findFirst()
                    .ifPresent(bad -> park(tx, bad.reason(), body));
            return events.stream().map(event -> outcome(tx, event)).toList();
        });
    }

    private Outcome outcome(Transaction tx, StoreEvent event) {
        return switch (event) {
            case StoreEvent.Unreadable bad -> Outcome.PARKED;
            case StoreEvent.Other other -> other.outcome();
            case StoreEvent.Created created -> created(tx, created);
        };
    }

    private Outcome created(Transaction tx, StoreEvent.Created created) {
        if (!buckets.contains(created.bucket())) {
            return Outcome.UNKNOWN_BUCKET;
        }
        return switch (hints.notice(tx, owner, created.bucket(), created.key())) {
            case KNOWN -> Outcome.HINTED;
            case REPORTED -> Outcome.REPORTED;
            case NO_UPLOAD -> Outcome.UNKNOWN_KEY;
        };
    }

    private void park(Transaction tx, String reason, byte[] body) {
        ParkedWebhooks.park(tx, source, reason, body, tables.clock().millis());
        tx.afterCommit(() -> LOG.log(
                Level.WARNING, "webhook parked source=" + source + " bytes=" + body.length + " reason=" + reason));
    }
}
