package dev.sluice.gateway.metadata;

import dev.sluice.gateway.runtime.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Speaks to the internal listener of the metadata service. Every call ends in time. Thread-safe. */
public final class MetadataClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MetadataClient.class.getName());
    private static final long MOST_ANSWERED = 1 << 20;
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final MetadataSettings settings;
    private final Clocks clocks;
    private final String boot;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    public MetadataClient(MetadataSettings settings, Clocks clocks, UUID boot) {
        this.settings = settings;
        this.clocks = clocks;
        this.boot = boot.toString();
    }

    /**
     * Asks what to do with an upload; the same question is repeated when its answer is lost.
     *
     * @throws MetadataException nobody answered in time
     */
    public Decision intent(UUID request, Intent intent) {
        String body = intent.toJson(settings.gatewayName(), boot).toString();
        return insist(
                () -> intent.trace().addTo(internal("PUT", "/uploads/" + request, body)), answer -> Optional.of(answer)
                        .filter(any -> any.statusCode() == 200)
                        .flatMap(this::readNoticingTime)
                        .flatMap(Decision::parse));
    }

    /**
     * Asks whether somebody may read an upload's object, and where it is.
     *
     * @throws MetadataException nobody answered in time
     */
    public ReadAnswer mayRead(String uploadId, Caller caller) {
        String body = caller.toJson().toString();
        return insist(
                () -> caller.trace().addTo(internal("POST", "/objects/" + uploadId, body)),
                answer -> switch (answer.statusCode()) {
                    case 200 -> Wire.parse(answer.body()).flatMap(ReadAnswer::parse);
                    case 401 -> Optional.of(new ReadAnswer.Unknown());
                    case 404 -> Optional.of(new ReadAnswer.NotFound());
                    default -> Optional.empty();
                });
    }

    /** Asks again until there is an answer that can be read, or the time for all tries is over. */
    private <T> T insist(Supplier<HttpRequest.Builder> question, Function<Answer, Optional<T>> reader) {
        Pauses pauses = new Pauses(settings.intentTimeout(), FIRST_PAUSE, LONGEST_PAUSE);
        // A first try that hangs must leave time for a second.
        Duration longest = settings.intentTimeout().multipliedBy(2).dividedBy(3);
        MetadataException last;
        do {
            Duration limit = pauses.left().compareTo(longest) < 0 ? pauses.left() : longest;
            try {
                Answer answer = exchange(question.get(), limit);
                Optional<T> understood = reader.apply(answer);
                if (understood.isPresent()) {
                    return understood.get();
                }
                last = new MetadataException("status " + answer.statusCode() + " without a decision");
            } catch (MetadataException e) {
                last = e;
            }
        } while (pauses.pause());
        throw new MetadataException("no decision within " + settings.intentTimeout() + ": " + last.getMessage(), last);
    }

    /**
     * Sends one try of a report.
     *
     * @throws MetadataException silence, or what is as good as it
     */
    public ReportAnswer tell(Report report, Duration limit) {
        String body = report.toJson().toString();
        HttpRequest.Builder message =
                switch (report) {
                    case Report.Verdict verdict -> internal("POST", "/uploads/" + verdict.request() + "/verdict", body);
                    case Report.InDoubt doubt -> internal("POST", "/uploads/" + doubt.request() + "/in-doubt", body);
                    case Report.Completion completion -> signed(completion, body);
                };
        return read(report, exchange(report.trace().addTo(message), limit));
    }

    /** Beats once; false when nobody heard it. */
    public boolean beat(long number, List<Progress> uploads, Duration limit) {
        JsonArrayBuilder open = Json.createArrayBuilder();
        uploads.forEach(upload -> open.add(upload.toJson()));
        String body = Json.createObjectBuilder()
                .add("boot", boot)
                .add("number", number)
                .add("uploads", open)
                .build()
                .toString();
        String name = URLEncoder.encode(settings.gatewayName(), StandardCharsets.UTF_8);
        try {
            Answer answer = exchange(internal("POST", "/gateways/" + name + "/heartbeat", body), limit);
            return answer.statusCode() == 200 && readNoticingTime(answer).isPresent();
        } catch (MetadataException e) {
            LOG.log(System.Logger.Level.DEBUG, "heartbeat unanswered", e);
            return false;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private static ReportAnswer read(Report report, Answer answer) {
        if (answer.statusCode() == 409) {
            return new ReportAnswer.Superseded();
        }
        if (answer.statusCode() / 100 != 2) {
            LOG.log(System.Logger.Level.WARNING, "report refused " + report.name() + " status=" + answer.statusCode());
            throw new MetadataException("status " + answer.statusCode());
        }
        Optional<Receipt> receipt = Wire.parse(answer.body())
                .flatMap(json -> Wire.object(json, "receipt"))
                .flatMap(Receipt::parse);
        if (report instanceof Report.Completion && receipt.isEmpty()) {
            throw new MetadataException("status " + answer.statusCode() + " without a receipt");
        }
        return new ReportAnswer.Recorded(receipt);
    }

    private Optional<JsonObject> readNoticingTime(Answer answer) {
        Optional<JsonObject> json = Wire.parse(answer.body());
        json.map(found -> Wire.number(found, "now_ms"))
                .ifPresent(now -> now.ifPresent(theirs -> clocks.heard(theirs, answer.askedAt(), answer.heardAt())));
        return json;
    }

    private HttpRequest.Builder internal(String method, String path, String body) {
        return request("/internal" + path).method(method, BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder signed(Report.Completion completion, String body) {
        long timestamp = System.currentTimeMillis() / 1000;
        return request("/upload-complete")
                .header("webhook-id", completion.messageId())
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", settings.signature().sign(completion.messageId(), timestamp, body))
                .POST(BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(settings.url() + path))
                .header("Authorization", "Bearer " + settings.token())
                .header("Content-Type", "application/json");
    }

    private Answer exchange(HttpRequest.Builder request, Duration limit) {
        long asked = System.currentTimeMillis();
        CompletableFuture<HttpResponse<String>> exchange = http.sendAsync(
                request.timeout(limit).build(), BodyHandlers.limiting(BodyHandlers.ofString(), MOST_ANSWERED));
        try {
            // The client's own limit ends with the answer's headers.
            HttpResponse<String> response = exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body(), asked, System.currentTimeMillis());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException)) {
                LOG.log(System.Logger.Level.ERROR, "metadata silent", e);
            }
            throw new MetadataException("no answer: " + e.getCause(), e);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw new MetadataException("no whole answer within " + limit, e);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            throw new MetadataException("interrupted", e);
        }
    }

    private record Answer(int statusCode, String body, long askedAt, long heardAt) {}
}
