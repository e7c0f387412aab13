package dev.sluice.gateway.upload;

import dev.sluice.gateway.health.Metrics;
import dev.sluice.gateway.metadata.Intent;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code POST /upload} and {@code PUT /upload/{filename}}; everything else is refused without reading its body. Thread-safe. */
public final class UploadRoutes implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UploadRoutes.class.getName());
    private static final String COLLECTION = "/upload";
    private static final String MEMBER = "/upload/";

    private final UploadReceiver receiver;
    private final Metrics metrics;
    private final Linger linger;

    public UploadRoutes(UploadReceiver receiver, UploadSettings settings, Metrics metrics) {
        this.receiver = receiver;
        this.metrics = metrics;
        this.linger = new Linger(settings.linger(), settings.lingerBytes());
    }

    /** Helidon's own matching would decode the path first, and drain the bodies of what it does not know. */
    public void register(HttpRouting.Builder routing) {
        routing.addFilter(new FramingGuard()).any(this::handle);
    }

    /** For when no more requests come. */
    @Override
    public void close() {
        linger.close();
    }

    private void handle(ServerRequest request, ServerResponse response) {
        Exchange exchange = new Exchange(request, response);
        UploadResult result = receive(request, exchange);
        metrics.result(result.code());
        exchange.finish(result, linger);
    }

    private UploadResult receive(ServerRequest request, Exchange exchange) {
        try {
            return receiver.receive(parse(request), exchange);
        } catch (RefusedException e) {
            return UploadResult.rejected(e.problem(), e.detail());
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "upload failed by our fault correlation="
                            + RequestParser.trace(request.headers()).correlationId(),
                    e);
            return UploadResult.rejected(Problem.INTERNAL_ERROR, "This is our fault; the log has it.");
        }
    }

    private static Intent parse(ServerRequest request) throws RefusedException {
        String path = request.prologue().uriPath().rawPath();
        String method = request.prologue().method().text();
        if (path.equals(COLLECTION) || path.startsWith(MEMBER)) {
            // before the method: curl -F makes a POST of any path
            RequestParser.checkNoForm(request.headers());
        }
        if (path.equals(COLLECTION)) {
            require("POST", method);
            return RequestParser.parse(request, Optional.empty());
        }
        if (path.startsWith(MEMBER)) {
            require("PUT", method);
            return RequestParser.parse(request, Optional.of(path.substring(MEMBER.length())));
        }
        throw new RefusedException(Problem.NOT_FOUND, "There is nothing here.");
    }

    private static void require(String allowed, String method) throws RefusedException {
        if (!method.equals(allowed)) {
            throw new RefusedException(
                    Problem.METHOD_NOT_ALLOWED,
                    "POST has no name in the path, PUT has one: POST /upload or PUT /upload/{filename}; "
                            + "curl -T FILE adds the name to a URL that ends in a slash.");
        }
    }

    /** One request and its answer. */
    private static final class Exchange implements Client {
        private final ServerRequest request;
        private final ServerResponse response;
        private Optional<InputStream> begun = Optional.empty();
        private final AtomicBoolean answered = new AtomicBoolean();

        Exchange(ServerRequest request, ServerResponse response) {
            this.request = request;
            this.response = response;
        }

        @Override
        public InputStream body() {
            InputStream body =
                    request.content().hasEntity() ? request.content().inputStream() : InputStream.nullInputStream();
            begun = Optional.of(body);
            return body;
        }

        @Override
        public void answerNow(UploadResult result) {
            if (answered.compareAndSet(false, true)) {
                new Answer(request, response).send(result, true);
            }
        }

        void finish(UploadResult result, Linger linger) {
            boolean read = !request.content().hasEntity() || request.content().consumed();
            if (!answered.compareAndSet(false, true)) {
                throw new CloseConnectionException("answered while the body was waited for");
            }
            try {
                new Answer(request, response).send(result, !read);
            } catch (RuntimeException e) {
                throw new CloseConnectionException("nobody left to answer", e);
            }
            if (!read) {
                linger(linger);
                throw new CloseConnectionException("the body was not read to its end");
            }
        }

        /** A client that still waits for {@code 100 Continue} has sent nothing that could be in the way. */
        private void linger(Linger linger) {
            boolean waits = begun.isEmpty() && request.headers().contains(HeaderValues.EXPECT_100);
            if (!waits) {
                linger.discard(begun.orElseGet(this::body));
            }
        }
    }
}
