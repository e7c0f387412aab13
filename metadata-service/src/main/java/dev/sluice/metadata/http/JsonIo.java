package dev.sluice.metadata.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** JSON in and out of requests, bounded; the factories are looked up once because the lookup is slow. Thread-safe. */
public final class JsonIo {
    /** Longest body of an ordinary message. */
    public static final int MAX_MESSAGE = 64 * 1024;

    private static final JsonProvider PROVIDER = JsonProvider.provider();
    private static final JsonBuilderFactory BUILDERS = PROVIDER.createBuilderFactory(Map.of());
    private static final JsonReaderFactory READERS = PROVIDER.createReaderFactory(Map.of());
    private static final JsonParserFactory PARSERS = PROVIDER.createParserFactory(Map.of());
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private JsonIo() {}

    public static JsonObjectBuilder object() {
        return BUILDERS.createObjectBuilder();
    }

    /** Begins with the members of another object. */
    public static JsonObjectBuilder object(JsonObject start) {
        return BUILDERS.createObjectBuilder(start);
    }

    public static JsonArrayBuilder array() {
        return BUILDERS.createArrayBuilder();
    }

    public static JsonValue text(Optional<String> value) {
        return value.<JsonValue>map(PROVIDER::createValue).orElse(JsonValue.NULL);
    }

    public static JsonValue number(Optional<Long> value) {
        return value.<JsonValue>map(PROVIDER::createValue).orElse(JsonValue.NULL);
    }

    /** Epoch milliseconds as docs/api writes times of day. */
    public static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    public static JsonValue time(Optional<Long> millis) {
        return text(millis.map(JsonIo::time));
    }

    /** Parses text that was JSON when it was stored. */
    public static JsonObject parse(String stored) {
        return parse(stored.getBytes(StandardCharsets.UTF_8))
                .orElseThrow(() -> new IllegalStateException("stored text is no JSON object"));
    }

    /** The JSON value that was stored as text, or null of JSON. */
    public static JsonValue stored(Optional<String> text) {
        return text.map(json -> {
                    try (JsonReader reader =
                            READERS.createReader(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)))) {
                        return reader.readValue();
                    }
                })
                .orElse(JsonValue.NULL);
    }

    /** Empty when it is not one JSON object and nothing else. */
    public static Optional<JsonObject> parse(byte[] bytes) {
        try (JsonParser parser = PARSERS.createParser(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
            if (!parser.hasNext() || parser.next() != JsonParser.Event.START_OBJECT) {
                return Optional.empty();
            }
            JsonObject object = parser.getObject();
            return parser.hasNext() ? Optional.empty() : Optional.of(object);
        } catch (RuntimeException e) {
            // JsonException, or the parser's bare RuntimeException for what is nested too deeply
            return Optional.empty();
        }
    }

    /** Whether objects and arrays are nested more than {@code max} deep. */
    public static boolean deeperThan(int max, JsonValue value) {
        if (!(value instanceof JsonStructure)) {
            return false;
        }
        Collection<JsonValue> inner = value instanceof JsonObject object ? object.values() : value.asJsonArray();
        return max == 0 || inner.stream().anyMatch(one -> deeperThan(max - 1, one));
    }

    /** The raw body, for signatures. */
    public static byte[] bytes(ServerRequest req, int maxBytes) {
        if (!req.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = req.content().inputStream()) {
            byte[] body = in.readNBytes(maxBytes + 1);
            if (body.length > maxBytes) {
                throw new ProblemException(413, "request-too-large", "The limit is " + maxBytes + " bytes.");
            }
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonObject body(ServerRequest req) {
        return body(req, MAX_MESSAGE);
    }

    /** The same for messages of another length. */
    public static JsonObject body(ServerRequest req, int maxBytes) {
        return parse(bytes(req, maxBytes))
                .orElseThrow(() -> ProblemException.badRequest("The body must be one JSON object."));
    }

    public static void send(ServerRequest req, ServerResponse res, int status, JsonObject body) {
        res.status(status).header(HeaderNames.CONTENT_TYPE, "application/json");
        Reading.send(req, res, (body + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
