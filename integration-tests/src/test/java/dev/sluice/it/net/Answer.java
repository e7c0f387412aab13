package dev.sluice.it.net;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An HTTP answer as it came; header names in lower case. */
public record Answer(int status, Map<String, String> headers, String body) {
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    public JsonObject json() {
        try (var reader = Json.createReader(new StringReader(body))) {
            return reader.readObject();
        } catch (RuntimeException e) {
            throw new IllegalStateException("not a JSON object, status " + status + ": " + body, e);
        }
    }

    /** The stable code of a problem, empty for another body. */
    public String code() {
        return body.startsWith("{") ? json().getString("code", "") : "";
    }

    /** The upload that a receipt, a 202 or a {@code Location} names. */
    public Optional<String> uploadId() {
        Optional<String> inBody =
                body.startsWith("{") ? Optional.ofNullable(json().getString("upload_id", null)) : Optional.empty();
        return inBody.or(() -> header("location").map(path -> path.substring(path.lastIndexOf('/') + 1)));
    }
}
