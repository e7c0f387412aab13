package dev.sluice.gateway.metadata;

import java.util.Optional;
import java.util.regex.Pattern;

/** What one upload request is called in everybody's logs: our correlation id, and the client's trace context when there is one. */
public record Trace(String correlationId, Optional<String> parent) {
    private static final Pattern CORRELATION = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    /** Version 00 of W3C Trace Context §3.2: ids of nothing but zeros are invalid. */
    private static final Pattern PARENT = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    /** Takes what the request said of itself; what is malformed counts as not said, {@code own} is the id then. */
    public static Trace of(Optional<String> requestId, Optional<String> traceparent, String own) {
        return new Trace(
                requestId.filter(id -> CORRELATION.matcher(id).matches()).orElse(own),
                traceparent.filter(parent -> PARENT.matcher(parent).matches()));
    }

    Message addTo(Message message) {
        message.header("X-Request-Id", correlationId);
        parent.ifPresent(context -> message.header("traceparent", context));
        return message;
    }
}
