package dev.sluice.metadata.gateway;

import dev.sluice.metadata.http.LogText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Which boots of gateways are alive and which uploads they name, by a monotonic clock (docs/upload-life.md rule 4). In memory only: after
 * a start every silence counts from that moment. Thread-safe.
 */
public final class Boots {
    /** After how long a silent boot's uploads are nobody's, and when a {@link #tick} is too late to be believed. */
    public record Limits(Duration silent, Duration replaced, Duration sweep, Duration lateTimer) {}

    private static final Logger LOG = System.getLogger(Boots.class.getName());
    private static final int BEATS_WITHOUT = 2;

    private final LongSupplier nanoTime;
    private final BooleanSupplier canWrite;
    private final Limits limits;
    private final Map<String, Boot> boots = new HashMap<>();
    private long readyAt;
    private long lastTick;

    /** {@code canWrite} says whether our database takes writes: while it does not, nobody is declared dead. */
    public Boots(LongSupplier nanoTime, BooleanSupplier canWrite, Limits limits) {
        this.nanoTime = nanoTime;
        this.canWrite = canWrite;
        this.limits = limits;
        this.readyAt = nanoTime.getAsLong();
        this.lastTick = readyAt;
    }

    /** To be called when requests can be answered from now on: silence counts from here. */
    public synchronized void becameReady() {
        readyAt = nanoTime.getAsLong();
        lastTick = readyAt;
    }

    /** To be called every {@code sweep}. */
    public synchronized void tick() {
        long now = nanoTime.getAsLong();
        noticeGaps(now);
        lastTick = now;
        long forgotten = limits.silent().toNanos() * 2;
        boots.values().removeIf(boot -> now - boot.lastSeen > forgotten && now - readyAt > forgotten);
    }

    /** A boot asks for leave to receive an upload; from its next beat but one on it must name it. */
    public synchronized void opened(String name, String boot, String request) {
        Boot asking = boot(name, boot);
        asking.lastSeen = nanoTime.getAsLong();
        asking.namedAt.put(request, asking.beats);
    }

    /** Returns false when a later beat of that boot has been here already: then nothing changed. */
    public synchronized boolean beat(String name, Heartbeat beat) {
        long now = nanoTime.getAsLong();
        Boot beating = boot(name, beat.boot());
        if (beating.beats > 0 && beat.number() <= beating.number) {
            return false;
        }
        warnOfTwins(beating, beat.boot());
        beating.lastSeen = now;
        beating.lastBeat = now;
        beating.number = beat.number();
        beating.beats++;
        beat.received().keySet().forEach(request -> beating.namedAt.put(request, beating.beats));
        beating.namedAt.values().removeIf(namedAt -> beating.beats - namedAt > BEATS_WITHOUT);
        beating.received = beat.received();
        return true;
    }

    /** Whether nobody can still be writing this upload, as far as beats tell. */
    public synchronized boolean nobodys(String name, String boot, String request) {
        long now = nanoTime.getAsLong();
        noticeGaps(now);
        if (!canWrite.getAsBoolean()) {
            return false;
        }
        Boot known = boots.get(boot);
        long since = known == null || known.lastSeen - readyAt < 0 ? readyAt : known.lastSeen;
        long silence = now - since;
        return silence >= limits.silent().toNanos()
                || (silence >= limits.replaced().toNanos() && anotherHasBeaten(name, boot, since))
                || (known != null && known.beats - known.namedAt.getOrDefault(request, 0L) >= BEATS_WITHOUT);
    }

    /** Bytes of an open upload, as the last beat said. */
    public synchronized Optional<Long> received(String boot, String request) {
        return Optional.ofNullable(boots.get(boot)).map(known -> known.received.get(request));
    }

    /** A frozen process, or one that cannot write, has heard nothing: it counts as becoming ready now. */
    private void noticeGaps(long now) {
        boolean late = now - lastTick > limits.sweep().plus(limits.lateTimer()).toNanos();
        if (late) {
            LOG.log(
                    Level.WARNING,
                    "timer late seconds=" + Duration.ofNanos(now - lastTick).toSeconds());
            lastTick = now;
        }
        if (late || !canWrite.getAsBoolean()) {
            readyAt = now;
        }
    }

    private boolean anotherHasBeaten(String name, String boot, long since) {
        return boots.entrySet().stream()
                .anyMatch(other -> !other.getKey().equals(boot)
                        && other.getValue().name.equals(name)
                        && other.getValue().beats > 0
                        && other.getValue().lastBeat - since > 0);
    }

    /** A boot that beats again after another of its name began to beat: both live. */
    private void warnOfTwins(Boot beating, String boot) {
        if (beating.beats > 0 && !beating.twin && anotherHasBeaten(beating.name, boot, beating.lastBeat)) {
            beating.twin = true;
            LOG.log(
                    Level.WARNING,
                    "two live gateways of one name name=" + LogText.of(beating.name) + " boot=" + LogText.of(boot));
        }
    }

    private Boot boot(String name, String boot) {
        return boots.computeIfAbsent(boot, unknown -> new Boot(name, nanoTime.getAsLong()));
    }

    /** What is known of one boot; guarded by the lock of {@link Boots}. */
    private static final class Boot {
        final String name;
        long lastSeen;
        long lastBeat;
        long number;
        long beats;
        boolean twin;
        /** Request to the count of beats when it was last named, or opened. Absent is as good as never. */
        final Map<String, Long> namedAt = new HashMap<>();

        Map<String, Long> received = Map.of();

        Boot(String name, long now) {
            this.name = name;
            this.lastSeen = now;
            this.lastBeat = now;
        }
    }
}
