package dev.sluice.metadata.delivery;

import dev.sluice.metadata.http.LogText;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in words, without a Java name, why a receiver gave no answer: the application's people read it. */
final class NoAnswer {
    private static final Pattern CLASS = Pattern.compile("^[a-z]\\w*(\\.\\w+)+(: |$)");

    private NoAnswer() {}

    static String words(@Nullable Throwable fault) {
        if (fault instanceof HttpTimeoutException) {
            return "no connection in time";
        }
        if (fault instanceof ConnectException && fault.getCause() instanceof UnresolvedAddressException) {
            return "no such host";
        }
        if (fault instanceof ConnectException && fault.getMessage() == null) {
            return "connection refused";
        }
        if (fault instanceof ProtocolException) {
            return "the answer is not HTTP";
        }
        if (fault != null && fault.getCause() instanceof EOFException) {
            return "connection closed without an answer";
        }
        String words = CLASS.matcher(LogText.of(fault)).replaceFirst("");
        return words.isEmpty() ? "no answer that can be read" : words;
    }
}
