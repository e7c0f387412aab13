package dev.sluice.metadata.upload;

import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.ProblemException;
import dev.sluice.metadata.upload.UploadRepository.Declared;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a gateway asks before it reads a byte ({@code intent.json}). */
public record Intent(
        String gateway,
        String boot,
        Credentials credentials,
        String clientAddress,
        Optional<String> correlationId,
        Declared declared,
        boolean wantSha256,
        Optional<String> idempotencyKey) {
    private static final Pattern KEY = Pattern.compile("[ -~]{1,255}");

    public static Intent parse(JsonObject json) {
        Fields fields = new Fields(json);
        Optional<String> key = fields.maybeText("idempotency_key", 255);
        if (key.isPresent() && !KEY.matcher(key.get()).matches()) {
            throw ProblemException.badRequest("An Idempotency-Key is 1 to 255 visible ASCII characters.");
        }
        return new Intent(
                fields.text("gateway", 255),
                fields.text("boot", 64),
                new Credentials(fields.maybeText("authorization", 8192), fields.maybeText("cookie", 16_384)),
                fields.text("client_address", 255),
                fields.maybeStart("correlation_id", 128),
                new Declared(
                        fields.maybeText("filename", 4096),
                        fields.maybeText("content_type", 1024),
                        fields.maybeNumber("length", 0, Long.MAX_VALUE),
                        fields.maybeText("sha256", 64)),
                fields.flag("want_sha256"),
                key);
    }

    boolean longerThan(long limit) {
        return declared.length().orElse(0L) > limit;
    }

    @Override
    public String toString() {
        return "Intent[gateway=" + gateway + ", boot=" + boot + "]";
    }
}
