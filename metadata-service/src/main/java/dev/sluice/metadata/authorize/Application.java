package dev.sluice.metadata.authorize;

import dev.sluice.metadata.http.LogText;
import dev.sluice.metadata.http.RetryAfter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the application: no redirects, no proxy, no cache, a limit on the answer and on the whole exchange. Thread-safe. */
public final class Application implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Application.class.getName());
    private static final long MOST_ANSWERED = 16_384;

    private final ApplicationSettings settings;
    private final InstantSource clock;
    private final HttpClient http;

    public Application(ApplicationSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .connectTimeout(settings.timeout())
                .build();
    }

    /** Whose uploads are for which nobody names an owner. */
    public String owner() {
        return settings.owner();
    }

    /** Waits for the answer; not for a thread that others wait for, like the one that commits. */
    public Decision ask(Question question) {
        Decision decision = exchange(
                request(question), System.nanoTime() + settings.timeout().toNanos());
        if (decision instanceof Decision.Undecided undecided) {
            LOG.log(
                    Level.WARNING,
                    "application undecided reason=" + undecided.reason() + " correlation="
                            + question.correlationId().map(LogText::of).orElse("-"));
        }
        return decision;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private Decision exchange(HttpRequest request, long end) {
        boolean again = false;
        while (true) {
            CompletableFuture<HttpResponse<byte[]>> answer =
                    http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_ANSWERED));
            try {
                return read(answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                return new Decision.Undecided("no answer within " + settings.timeout(), Optional.empty());
            } catch (ExecutionException e) {
                // a kept connection that the application has closed meanwhile says nothing
                if (again || !(e.getCause() instanceof IOException)) {
                    return new Decision.Undecided(LogText.of(e.getCause()), Optional.empty());
                }
                again = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Decision.Undecided("interrupted", Optional.empty());
            } finally {
                answer.cancel(true);
            }
        }
    }

    private Decision read(HttpResponse<byte[]> response) {
        Optional<Duration> retryAfter =
                response.headers().firstValue("retry-after").flatMap(value -> RetryAfter.parse(value, clock.instant()));
        return Decision.of(response.statusCode(), retryAfter.map(Duration::toSeconds), response.body());
    }

    private HttpRequest request(Question question) {
        byte[] body = question.json().toString().getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url())
                .header("content-type", "application/json")
                .header("accept", "application/json")
                .header("user-agent", "sluice")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        question.correlationId().ifPresent(id -> request.header("x-request-id", LogText.of(id)));
        question.credentials().authorization().ifPresent(value -> request.header("authorization", value));
        question.credentials().cookie().ifPresent(value -> request.header("cookie", value));
        return request.build();
    }
}
