package dev.sluice.metadata.http;

import dev.sluice.metadata.db.BusyException;
import dev.sluice.metadata.db.DatabaseException;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Turns whatever a handler throws into {@code application/problem+json}, in one place. */
public final class Problems {
    private static final Logger LOG = System.getLogger(Problems.class.getName());
    private static final String TYPE = "application/problem+json";

    private Problems() {}

    /** Called after all routes: what no route took is 404. */
    public static void register(HttpRouting.Builder routing) {
        routing.any((req, res) -> {
                    throw ProblemException.notFound();
                })
                .error(ProblemException.class, (req, res, e) -> send(req, res, e))
                .error(BusyException.class, (req, res, e) -> send(req, res, busy(e)))
                .error(DatabaseException.class, Problems::unavailable)
                .error(ServerConnectionException.class, (req, res, e) -> {
                    throw new CloseConnectionException("the client is gone", e);
                })
                .error(DataReader.InsufficientDataAvailableException.class, Problems::interrupted)
                .error(HttpException.class, (req, res, e) -> send(req, res, of(e.status())))
                .error(Throwable.class, Problems::unexpected);
    }

    /** Called after the routes of this path: any other method is 405. */
    public static void methods(HttpRules rules, String path, String allowed) {
        rules.any(path, (req, res) -> {
            res.header(HeaderNames.ALLOW, allowed);
            send(req, res, new ProblemException(405, "method-not-allowed", "Allowed here: " + allowed + "."));
        });
    }

    /** For requests that Helidon refuses before any route. */
    public static DirectHandlers directHandlers() {
        DirectHandlers.Builder builder = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            builder.addHandler(type, Problems::direct);
        }
        return builder.build();
    }

    private static void send(ServerRequest req, ServerResponse res, ProblemException problem) {
        problem.retryAfterSeconds()
                .ifPresent(seconds -> res.header(HeaderNames.RETRY_AFTER, Integer.toString(seconds)));
        if (problem.status() == Status.UNAUTHORIZED_401.code()) { // says what would do (RFC 9110 §11.6.1)
            res.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        res.status(problem.status()).header(HeaderNames.CONTENT_TYPE, TYPE);
        Reading.send(req, res, body(problem));
    }

    private static void interrupted(
            ServerRequest req, ServerResponse res, DataReader.InsufficientDataAvailableException e) {
        res.header(HeaderValues.CONNECTION_CLOSE);
        send(req, res, new ProblemException(400, "body-interrupted", "The body ended before its declared end."));
    }

    private static void unavailable(ServerRequest req, ServerResponse res, DatabaseException e) {
        if (!e.full()) { // which the committer has said once for all
            LOG.log(
                    Level.ERROR,
                    "request failed path=" + LogText.of(req.path().absolute().rawPath()),
                    e);
        }
        String detail = e.full() ? "The database is full: nothing can be written." : "The database did not answer.";
        send(req, res, new ProblemException(503, "metadata-unavailable", detail, OptionalInt.of(2)));
    }

    private static void unexpected(ServerRequest req, ServerResponse res, Throwable e) {
        LOG.log(
                Level.ERROR,
                "request failed path=" + LogText.of(req.path().absolute().rawPath()),
                e);
        send(req, res, new ProblemException(500, "internal-error", "Our fault; the log has it."));
    }

    private static ProblemException busy(BusyException e) {
        return new ProblemException(503, "busy", String.valueOf(e.getMessage()), OptionalInt.of(1));
    }

    private static DirectHandler.TransportResponse direct(
            DirectHandler.TransportRequest request,
            EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        boolean head = request.method().equals(Method.HEAD.text());
        headers.set(HeaderNames.CONTENT_TYPE, TYPE);
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .entity(head ? new byte[0] : body(of(status)))
                .build();
    }

    private static ProblemException of(Status status) {
        String code =
                switch (status.code()) {
                    case 404 -> "not-found";
                    case 405 -> "method-not-allowed";
                    case 413 -> "request-too-large";
                    case 503 -> "busy";
                    default -> status.code() >= 500 ? "internal-error" : "bad-request";
                };
        return new ProblemException(status.code(), code, "The request was refused: " + status.reasonPhrase() + ".");
    }

    private static byte[] body(ProblemException problem) {
        return JsonIo.object()
                .add("type", "about:blank")
                .add("title", Status.create(problem.status()).reasonPhrase())
                .add("status", problem.status())
                .add("code", problem.code())
                .add("detail", String.valueOf(problem.getMessage()))
                .build()
                .toString()
                .concat("\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
