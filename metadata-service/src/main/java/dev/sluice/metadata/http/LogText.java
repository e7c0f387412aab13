package dev.sluice.metadata.http;

import java.io.IOException;
import java.net.SocketException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes what others sent fit for one log line: visible ASCII only, and not too much of it. */
public final class LogText {
    private static final int MAX = 200;
    /** The JDK's client's, where they are a number at most beside fixed words. */
    private static final Pattern OWN_WORDS = Pattern.compile(
            "HTTP/1\\.1 header parser received no bytes|body exceeds limit: \\d+|connection closed.{0,40}");

    private LogText() {}

    /** Why an exchange failed. Most faults' own words may quote the answer: of these only the name. */
    public static String of(@Nullable Throwable fault) {
        if (fault == null) {
            return "unknown";
        }
        String text = String.valueOf(fault.getMessage());
        boolean quotesNothing = fault instanceof SocketException
                || fault instanceof SSLException
                || (fault.getClass() == IOException.class
                        && OWN_WORDS.matcher(text).matches());
        String name = fault.getClass().getName();
        return quotesNothing && fault.getMessage() != null ? name + ": " + cut(text, "[^ -~]") : name;
    }

    public static String of(String text) {
        return cut(text, "[^!-~]");
    }

    private static String cut(String text, String unfit) {
        return text.substring(0, Math.min(text.length(), MAX)).replaceAll(unfit, "?");
    }
}
