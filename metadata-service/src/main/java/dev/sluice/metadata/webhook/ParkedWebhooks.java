package dev.sluice.metadata.webhook;

import dev.sluice.metadata.db.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** All SQL of {@code parked_webhooks}, which never grows beyond a number of rows. */
final class ParkedWebhooks {
    static final int MAX_ROWS = 1000;
    static final int MAX_BODY = 8 * 1024;

    private static final Duration KEEP = Duration.ofDays(30);

    private static final String FORGET = """
            delete from parked_webhooks
             where received_at < ? or seq <= (select max(seq) from parked_webhooks) - ?
            """;

    private static final String INSERT = """
            insert into parked_webhooks (seq, source, reason, body, bytes, received_at)
            values ((select coalesce(max(seq), 0) + 1 from parked_webhooks), ?, ?, ?, ?, ?)
            """;

    private ParkedWebhooks() {}

    static void park(Transaction tx, String source, String reason, byte[] body, long now) {
        String text = new String(Arrays.copyOf(body, Math.min(body.length, MAX_BODY)), StandardCharsets.UTF_8);
        tx.update(INSERT, source, reason, text.replace('\0', '\uFFFD'), body.length, now);
        tx.update(FORGET, now - KEEP.toMillis(), MAX_ROWS);
    }
}
