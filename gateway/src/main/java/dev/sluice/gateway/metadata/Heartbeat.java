package dev.sluice.gateway.metadata;

import dev.sluice.gateway.runtime.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Tells the metadata service, at a steady pace and one beat at a time, which uploads are open here. */
public final class Heartbeat implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Heartbeat.class.getName());

    private static final int MISSED = 3;

    private final MetadataClient client;
    private final Duration every;
    private final Supplier<List<Progress>> uploads;
    private final Ticker ticker;
    private long number;
    private volatile long lastHeard;

    /** Starts at once. */
    public Heartbeat(MetadataClient client, Duration every, Supplier<List<Progress>> uploads) {
        this.client = client;
        this.every = every;
        this.uploads = uploads;
        this.lastHeard = System.nanoTime() - MISSED * every.toNanos();
        this.ticker = Ticker.start("heartbeat", every, this::beat);
    }

    /** True when the last beats were answered. */
    public boolean heard() {
        return System.nanoTime() - lastHeard < MISSED * every.toNanos();
    }

    @Override
    public void close() {
        ticker.close();
    }

    private void beat() {
        number++;
        notice(client.beat(number, uploads.get(), every));
    }

    private void notice(boolean answered) {
        boolean before = heard();
        if (answered) {
            lastHeard = System.nanoTime();
        }
        if (before != heard()) {
            LOG.log(System.Logger.Level.INFO, before ? "heartbeats unanswered" : "heartbeats answered");
        }
    }
}
