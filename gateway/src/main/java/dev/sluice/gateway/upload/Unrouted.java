package dev.sluice.gateway.upload;

import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/** What Helidon refuses before any route, as a problem like every other. */
public final class Unrouted {
    private Unrouted() {}

    public static DirectHandlers handlers() {
        DirectHandlers.Builder builder = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            builder.addHandler(type, Unrouted::refuse);
        }
        return builder.build();
    }

    private static DirectHandler.TransportResponse refuse(
            DirectHandler.TransportRequest request,
            EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        Problem problem = type == EventType.INTERNAL_ERROR ? Problem.INTERNAL_ERROR : Problem.BAD_REQUEST;
        byte[] body = Answer.bytes(
                Answer.problem(status.code(), problem.code(), "The request was refused before it was read.")
                        .build());
        headers.set(HeaderNames.CONTENT_TYPE, Answer.PROBLEM);
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .entity(request.method().equals(Method.HEAD.text()) ? new byte[0] : body)
                .build();
    }
}
