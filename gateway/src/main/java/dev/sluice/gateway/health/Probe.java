package dev.sluice.gateway.health;

import dev.sluice.gateway.runtime.Ticker;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Asks again and again whether something can be reached, so that nobody waits for the answer. Thread-safe. */
public final class Probe implements AutoCloseable {
    private final BooleanSupplier question;
    private final Ticker ticker;
    private volatile boolean reachable;

    /** Starts at once. */
    public Probe(BooleanSupplier question, Duration every) {
        this.question = question;
        this.ticker = Ticker.start("probe", every, this::ask);
    }

    /** As last heard. */
    public boolean reachable() {
        return reachable;
    }

    @Override
    public void close() {
        ticker.close();
    }

    private void ask() {
        reachable = question.getAsBoolean();
    }
}
