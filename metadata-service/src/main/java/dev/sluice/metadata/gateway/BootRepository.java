package dev.sluice.metadata.gateway;

import dev.sluice.metadata.db.Transaction;

/** One row for each boot of a gateway, updated by each beat. */
public final class BootRepository {
    private static final String BEAT = """
            insert into gateway_boots (boot, name, beat, first_seen, last_seen) values (?, ?, ?, ?, ?)
            on conflict (boot) do update set beat = excluded.beat, last_seen = excluded.last_seen
             where gateway_boots.name = excluded.name
            """;

    /** Returns false when the boot is known under another name: then nothing was written. */
    public boolean beat(Transaction tx, String name, String boot, long number, long now) {
        return tx.update(BEAT, boot, name, number, now, now) == 1;
    }
}
