package dev.sluice.gateway.metadata;

import dev.sluice.gateway.connection.HttpAnswer;
import dev.sluice.gateway.runtime.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/** Speaks to the internal listener of the metadata service. Every call ends in time. Thread-safe. */
public final class MetadataClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MetadataClient.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final MetadataSettings settings;
    private final Clocks clocks;
    private final String boot;
    private final Exchanges exchanges;
    private final AtomicBoolean atFault = new AtomicBoolean();

    public MetadataClient(MetadataSettings settings, Clocks clocks, UUID boot) {
        this.settings = settings;
        this.clocks = clocks;
        this.boot = boot.toString();
        this.exchanges =
                new Exchanges(settings.url(), Collections.min(List.of(settings.intentTimeout(), settings.heartbeat())));
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
                        .flatMap(json -> Decision.parse(json, request)));
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
    private <T> T insist(Supplier<Message> question, Function<Answer, Optional<T>> reader) {
        Pauses pauses = new Pauses(settings.intentTimeout(), FIRST_PAUSE, LONGEST_PAUSE);
        // A first try that hangs must leave time for a second.
        Duration longest = settings.intentTimeout().multipliedBy(2).dividedBy(3);
        // of a last try, only that its time was short might be known
        Optional<MetadataException> first = Optional.empty();
        do {
            Duration limit = pauses.left().compareTo(longest) < 0 ? pauses.left() : longest;
            try {
                return tryOnce(question, limit, answer -> reader.apply(answer)
                        .orElseThrow(
                                () -> new MetadataException("status " + answer.statusCode() + " without a decision")));
            } catch (MetadataException e) {
                first = first.or(() -> Optional.of(e));
            }
        } while (pauses.pause());
        MetadataException reason = first.orElseThrow();
        throw new MetadataException(
                "no decision within " + settings.intentTimeout() + ": " + reason.getMessage(), reason);
    }

    /**
     * Sends one try of a report. What a report that cannot be written throws is thrown as it is: no other try could do better.
     *
     * @throws MetadataException silence, or what is as good as it
     */
    public ReportAnswer tell(Report report, Duration limit) {
        Message message = report.trace().addTo(message(report));
        return tryOnce(() -> message, limit, answer -> read(report, answer));
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
            return tryOnce(
                    () -> internal("POST", "/gateways/" + name + "/heartbeat", body),
                    limit,
                    answer -> answer.statusCode() == 200
                            && readNoticingTime(answer).isPresent());
        } catch (MetadataException e) {
            LOG.log(System.Logger.Level.DEBUG, "heartbeat unanswered", e);
            return false;
        }
    }

    @Override
    public void close() {
        exchanges.close();
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

    private Message message(Report report) {
        String body = report.toJson().toString();
        return switch (report) {
            case Report.Verdict verdict -> internal("POST", "/uploads/" + verdict.request() + "/verdict", body);
            case Report.InDoubt doubt -> internal("POST", "/uploads/" + doubt.request() + "/in-doubt", body);
            case Report.Completion completion -> signed(completion, body);
        };
    }

    private Message internal(String method, String path, String body) {
        return message(method, "/internal" + path, body);
    }

    private Message signed(Report.Completion completion, String body) {
        long timestamp = System.currentTimeMillis() / 1000;
        return message("POST", "/upload-complete", body)
                .header("webhook-id", completion.messageId())
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", settings.signature().sign(completion.messageId(), timestamp, body));
    }

    private Message message(String method, String path, String body) {
        return new Message(method, path, body).header("Authorization", "Bearer " + settings.token());
    }

    /** A bug ends its try and nothing else; it is logged once, until a try works again. */
    private <T> T tryOnce(Supplier<Message> question, Duration limit, Function<Answer, T> reader) {
        try {
            T understood = reader.apply(exchange(question.get(), limit));
            atFault.set(false);
            return understood;
        } catch (MetadataException e) {
            throw e;
        } catch (RuntimeException e) {
            if (!atFault.getAndSet(true)) {
                LOG.log(System.Logger.Level.ERROR, "exchange failed by our fault", e);
            }
            throw new MetadataException("our fault: " + e, e);
        }
    }

    private Answer exchange(Message message, Duration limit) {
        long asked = System.currentTimeMillis();
        try {
            HttpAnswer answer = exchanges.exchange(message, limit);
            return new Answer(answer.status(), answer.body(), asked, System.currentTimeMillis());
        } catch (InterruptedIOException e) {
            throw new MetadataException("no whole answer within " + limit, e);
        } catch (IOException e) {
            throw new MetadataException("no answer: " + e, e);
        }
    }

    private record Answer(int statusCode, String body, long askedAt, long heardAt) {}
}
