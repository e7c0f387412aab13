package dev.sluice.worker.lease;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Speaks the lease protocol (docs/api/README.md); every request ends within its time. Thread-safe. */
public final class LeaseClient {
    private static final Logger LOG = System.getLogger(LeaseClient.class.getName());
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    /** How much longer than the wished wait an answer to a lease request may take. */
    private static final Duration POLL_MARGIN = Duration.ofSeconds(10);

    /**
     * The parser's own limit is 1000. What the metadata service could read of an application's data with that limit it nests a little
     * deeper in a lease, and one such lease must not make the answer with all others unreadable.
     */
    private static final JsonReaderFactory READERS =
            Json.createReaderFactory(Map.of("org.eclipse.parsson.maxDepth", 1100));

    /**
     * Several times what the most leases come to that are granted at once, and less than the parser takes. While an answer is read it is in
     * the heap thrice.
     */
    static final int MOST_ANSWERED = 8 * 1024 * 1024;

    /** What a heartbeat brought back. */
    enum Beat {
        ALIVE,
        CANCELLED,
        LOST
    }

    /** What became of a report. */
    sealed interface Receipt {
        /** As log lines write it. */
        String word();

        record Taken() implements Receipt {
            @Override
            public String word() {
                return "taken";
            }
        }

        /** The lease was lost: the result is thrown away. */
        record Lost() implements Receipt {
            @Override
            public String word() {
                return "lost";
            }
        }

        /** The metadata service will never take this message. */
        record Refused(int status) implements Receipt {
            @Override
            public String word() {
                return "refused-" + status;
            }
        }
    }

    private final HttpClient http;
    private final URI base;
    private final String token;
    private final Duration patience;

    public LeaseClient(URI base, String token) {
        this(base, token, ANSWER);
    }

    LeaseClient(URI base, String token, Duration patience) {
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
        this.base = base;
        this.token = token;
    }

    List<Lease> lease(LeaseRequest request) throws InterruptedException {
        Duration limit = request.patience().plus(POLL_MARGIN);
        HttpResponse<String> answer = post("/internal/leases", request.json(), limit);
        if (answer.statusCode() != 200) {
            throw new MetadataException("lease answered with status " + answer.statusCode());
        }
        if (!(parse(answer.body()).get("leases") instanceof JsonArray leases)) {
            throw new MetadataException("not a lease answer");
        }
        List<Lease> named =
                leases.stream().map(Lease::of).flatMap(Optional::stream).toList();
        if (named.size() < leases.size()) {
            LOG.log(Level.ERROR, "leases without a name left alone count=" + (leases.size() - named.size()));
        }
        return named;
    }

    Beat heartbeat(Lease lease) throws InterruptedException {
        JsonObject message = message(lease).build();
        HttpResponse<String> answer = post(path(lease, "heartbeat"), message, patience);
        return switch (answer.statusCode()) {
            case 200 -> parse(answer.body()).getBoolean("cancel", false) ? Beat.CANCELLED : Beat.ALIVE;
            case 409 -> Beat.LOST;
            default -> throw new MetadataException("heartbeat answered with status " + answer.statusCode());
        };
    }

    Receipt report(Lease lease, Outcome outcome) throws InterruptedException {
        JsonObjectBuilder message = message(lease);
        return switch (outcome) {
            case Outcome.Completed completed -> {
                message.add("result", completed.result());
                completed.run().ifPresent(cost -> message.add("run", cost.json()));
                yield send(lease, "complete", message);
            }
            case Outcome.Failed failed -> {
                message.add("outcome", failed.failure().wire());
                message.add("retryable", failed.retryable()).add("error", failed.error());
                failed.run().ifPresentOrElse(cost -> message.add("run", cost.json()), () -> message.addNull("run"));
                yield send(lease, "fail", message);
            }
        };
    }

    Receipt release(Lease lease, String reason) throws InterruptedException {
        return send(lease, "release", message(lease).add("reason", reason));
    }

    /** Says that no more leases are wanted; requests that still wait are not answered with any. */
    public void stopped(String boot) throws InterruptedException {
        int status = post("/internal/workers/" + boot + "/stopped", JsonValue.EMPTY_JSON_OBJECT, patience)
                .statusCode();
        if (status != 204) {
            throw new MetadataException("stop answered with status " + status);
        }
    }

    private Receipt send(Lease lease, String verb, JsonObjectBuilder message) throws InterruptedException {
        int status = post(path(lease, verb), message.build(), patience).statusCode();
        return switch (status) {
            case 200, 204 -> new Receipt.Taken();
            case 409 -> new Receipt.Lost();
            case 400, 404, 413, 415, 422 -> new Receipt.Refused(status);
            default -> throw new MetadataException(verb + " answered with status " + status);
        };
    }

    private HttpResponse<String> post(String path, JsonObject message, Duration limit) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(limit)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(message.toString()))
                .build();
        CompletableFuture<HttpResponse<String>> exchange =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), MOST_ANSWERED));
        try {
            // The client's own limit ends with the answer's headers.
            return exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new MetadataException("no answer from " + base + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new MetadataException("no whole answer from " + base + " within " + limit, e);
        } finally {
            exchange.cancel(true);
        }
    }

    private static JsonObjectBuilder message(Lease lease) {
        return Json.createObjectBuilder().add("token", lease.token());
    }

    private static String path(Lease lease, String verb) {
        return "/internal/jobs/" + lease.jobId() + "/" + verb;
    }

    private static JsonObject parse(String body) {
        try (JsonReader reader = READERS.createReader(new StringReader(body))) {
            return reader.readObject();
        } catch (RuntimeException e) {
            // JsonException, or the parser's bare RuntimeException for what is nested too deeply
            throw new MetadataException("not JSON", e);
        }
    }
}
