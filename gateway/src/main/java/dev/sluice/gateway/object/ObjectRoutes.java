package dev.sluice.gateway.object;

import dev.sluice.gateway.metadata.MetadataClient;
import dev.sluice.gateway.metadata.MetadataException;
import dev.sluice.gateway.metadata.ReadAnswer;
import dev.sluice.gateway.storage.ObjectLinks;
import dev.sluice.gateway.upload.Answer;
import dev.sluice.gateway.upload.Problem;
import dev.sluice.gateway.upload.RefusedException;
import dev.sluice.gateway.upload.RequestParser;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /objects/{upload id}}: sends whoever may read an upload's object on to the store (docs/upload-life.md rule 10). Thread-safe. */
public final class ObjectRoutes {
    private static final System.Logger LOG = System.getLogger(ObjectRoutes.class.getName());
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final List<String> READING = List.of("GET", "HEAD");
    private static final HeaderName REFERRER_POLICY = HeaderNames.create("Referrer-Policy");
    private static final int MOST_IGNORED = 65_536;

    private final MetadataClient metadata;
    private final Optional<ObjectLinks> links;

    /** Without {@code links} there is nothing here. */
    public ObjectRoutes(MetadataClient metadata, Optional<ObjectLinks> links) {
        this.metadata = metadata;
        this.links = links;
    }

    /** Belongs in front of the routes that take everything. */
    public void register(HttpRouting.Builder routing) {
        routing.any("/objects/{id}", this::handle);
    }

    private void handle(ServerRequest request, ServerResponse response) {
        ignoreBody(request);
        Answer answer = new Answer(request, response);
        URI link;
        try {
            link = link(request);
        } catch (RefusedException e) {
            if (e.problem() == Problem.METHOD_NOT_ALLOWED) {
                response.header(HeaderNames.ALLOW, String.join(", ", READING));
            }
            answer.problem(e.problem(), e.detail());
            return;
        } catch (MetadataException e) {
            log(System.Logger.Level.WARNING, "object undecided", request, e);
            answer.problem(Problem.METADATA_UNAVAILABLE, "Nobody could decide about this request.");
            return;
        } catch (RuntimeException e) {
            log(System.Logger.Level.ERROR, "object not handed out by our fault", request, e);
            answer.problem(Problem.INTERNAL_ERROR, "This is our fault; the log has it.");
            return;
        }
        redirect(response, link);
    }

    private static void log(System.Logger.Level level, String event, ServerRequest request, Exception cause) {
        LOG.log(
                level,
                event + " correlation=" + RequestParser.trace(request.headers()).correlationId(),
                cause);
    }

    private URI link(ServerRequest request) throws RefusedException {
        String method = request.prologue().method().text();
        if (!READING.contains(method)) {
            throw new RefusedException(Problem.METHOD_NOT_ALLOWED, "GET or HEAD /objects/{upload id}");
        }
        String id = request.path().pathParameters().get("id");
        if (links.isEmpty() || !ID.matcher(id).matches()) {
            throw notFound();
        }
        return switch (metadata.mayRead(id, RequestParser.caller(request))) {
            case ReadAnswer.Granted granted ->
                method.equals("GET")
                        ? links.get().read(granted.object())
                        : links.get().look(granted.object());
            case ReadAnswer.Unknown unknown ->
                throw new RefusedException(Problem.UNAUTHORIZED, "A valid bearer key is needed.");
            case ReadAnswer.NotFound notFound -> throw notFound();
        };
    }

    /** The address is as good as the object: nobody on the way may keep it or pass it on. */
    private static void redirect(ServerResponse response, URI link) {
        response.status(Status.TEMPORARY_REDIRECT_307)
                .header(HeaderNames.LOCATION, link.toString())
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(REFERRER_POLICY, "no-referrer")
                .send();
    }

    private static RefusedException notFound() {
        return new RefusedException(Problem.NOT_FOUND, "There is no such object, or it is not yours.");
    }

    /** Nobody sends one with a question like this; whoever does loses the connection over a long one. */
    private static void ignoreBody(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return;
        }
        int read;
        try (InputStream body = request.content().inputStream()) {
            read = body.readNBytes(MOST_IGNORED + 1).length;
        } catch (IOException | RuntimeException e) {
            // Helidon's own exceptions of a client that is gone are unchecked
            throw new CloseConnectionException("the client is gone", e);
        }
        if (read > MOST_IGNORED) {
            throw new CloseConnectionException("a long body with a question for an object");
        }
    }
}
