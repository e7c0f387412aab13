package dev.sluice.metadata.http;

/** Makes what others sent fit for one log line: visible ASCII only, and not too much of it. */
public final class LogText {
    private static final int MAX = 200;

    private LogText() {}

    public static String of(String text) {
        return text.substring(0, Math.min(text.length(), MAX)).replaceAll("[^!-~]", "?");
    }
}
