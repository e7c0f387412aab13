package dev.sluice.metadata.authorize;

import dev.sluice.metadata.access.Keys;
import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.JsonIo;
import dev.sluice.metadata.http.ProblemException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** What the application says about one upload. */
public sealed interface Decision {
    /** It may come, as these say where they say anything ({@code authorize-answer.json}); {@code data} is JSON text. */
    record Allowed(
            Optional<String> owner,
            Optional<String> user,
            Optional<String> bucket,
            Optional<Long> maxBytes,
            Optional<String> data)
            implements Decision {}

    /** The client is to hear this. */
    record Refused(int status, String detail) implements Decision {}

    /** No answer, or none that can be believed; {@code reason} is for the log and quotes nothing of it. */
    record Undecided(String reason, Optional<Long> retryAfterSeconds) implements Decision {}

    int MOST_DATA = 4096;
    /** As deep as what workers may say: in a lease it is nested deeper still, and every parser has its limit. */
    int DEEPEST_DATA = 32;

    static Decision of(int status, Optional<Long> retryAfterSeconds, byte[] body) {
        if (status == 204) {
            return new Allowed(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        if (status == 200) {
            return JsonIo.parse(body)
                    .map(Decision::allowed)
                    .orElseGet(() -> new Undecided("200 without a JSON object", Optional.empty()));
        }
        // what is only so now must not be final to the client: it hears 503 (docs/upload-life.md rule 11)
        boolean lasting =
                status >= 400 && status <= 499 && !Set.of(408, 425, 429).contains(status);
        return lasting ? new Refused(status, detail(body)) : new Undecided("status " + status, retryAfterSeconds);
    }

    private static Decision allowed(JsonObject json) {
        try {
            Fields fields = new Fields(json);
            Optional<String> owner = fields.maybeText("owner", 64);
            Optional<String> user = fields.maybeText("user", 64);
            Optional<JsonObject> data = fields.maybeObject("data");
            if (owner.isPresent() && !Keys.canOwn(owner.get())) {
                return new Undecided("\"owner\" is no name of an owner", Optional.empty());
            }
            if (user.isPresent() && user.get().isBlank()) {
                return new Undecided("\"user\" is blank", Optional.empty());
            }
            if (data.isPresent() && JsonIo.deeperThan(DEEPEST_DATA, data.get())) {
                return new Undecided("\"data\" is nested deeper than " + DEEPEST_DATA, Optional.empty());
            }
            Optional<String> text = data.map(JsonObject::toString);
            if (text.isPresent() && text.get().getBytes(StandardCharsets.UTF_8).length > MOST_DATA) {
                return new Undecided("\"data\" has more than " + MOST_DATA + " bytes", Optional.empty());
            }
            return new Allowed(
                    owner,
                    user,
                    fields.maybeText("bucket", 63),
                    fields.maybeNumber("max_bytes", 0, Long.MAX_VALUE),
                    text);
        } catch (ProblemException e) {
            return new Undecided(String.valueOf(e.getMessage()), Optional.empty());
        }
    }

    private static String detail(byte[] body) {
        return JsonIo.parse(body)
                .filter(json -> json.get("detail") instanceof JsonString)
                .flatMap(json -> new Fields(json).maybeStart("detail", 500))
                .filter(text -> !text.isBlank())
                .orElse("The application refused this upload.");
    }
}
