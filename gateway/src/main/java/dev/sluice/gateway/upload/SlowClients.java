package dev.sluice.gateway.upload;

import dev.sluice.gateway.upload.BodyException.Kind;
import dev.sluice.gateway.upload.UploadSettings.Pace;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.WeakHashMap;

/** Looks at all bodies and cuts off those whose client stalls or is too slow: nothing else would ever end them. For one thread. */
public final class SlowClients {
    private static final Mark BEGIN = new Mark(0, 0);

    private record Mark(long waited, long received) {}

    private final OpenUploads uploads;
    private final Pace pace;
    private final Map<ReceivedBody, Mark> windows = new WeakHashMap<>();

    public SlowClients(OpenUploads uploads, Pace pace) {
        this.uploads = uploads;
        this.pace = pace;
    }

    public void look() {
        for (ReceivedBody body : uploads.bodies()) {
            if (body.waitingNanos() > pace.stall().toNanos()) {
                cut(body, "Nothing came for " + seconds(pace.stall()));
            } else if (crawls(body)) {
                cut(
                        body,
                        "Less than " + pace.minBytesPerSecond() + " bytes a second came for " + seconds(pace.window()));
            }
        }
    }

    private static void cut(ReceivedBody body, String what) {
        body.cutIfWaiting(Kind.TOO_SLOW, what + "; " + body.received() + " bytes were received.");
    }

    private static String seconds(Duration span) {
        return BigDecimal.valueOf(span.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    /** How often to look. */
    public Duration interval() {
        return Duration.ofMillis(Math.clamp(pace.stall().toMillis() / 10, 10, 1000));
    }

    /** True when less than the minimum came in a window's worth of waiting. */
    private boolean crawls(ReceivedBody body) {
        Mark now = new Mark(body.waitedNanos(), body.received());
        Mark begin = windows.getOrDefault(body, BEGIN);
        long waited = now.waited() - begin.waited();
        if (waited < pace.window().toNanos()) {
            return false;
        }
        windows.put(body, now);
        double seconds = waited / 1e9;
        return (now.received() - begin.received()) / seconds < pace.minBytesPerSecond();
    }
}
