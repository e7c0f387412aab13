package dev.sluice.metadata.http;

import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Makes what others sent fit for one log line: visible ASCII only, and not too much of it. */
public final class LogText {
    private static final int MAX = 200;

    private LogText() {}

    /** Why an exchange failed; of an answer that is no HTTP only that: the fault's own text quotes it. */
    public static String of(@Nullable Throwable fault) {
        return fault instanceof ProtocolException ? "the answer is no HTTP" : String.valueOf(fault);
    }

    public static String of(String text) {
        return text.substring(0, Math.min(text.length(), MAX)).replaceAll("[^!-~]", "?");
    }
}
