package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Decision;
import dev.sluice.gateway.metadata.Receipt;
import dev.sluice.gateway.runtime.Json;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** The answer to one request, whatever has become of it (docs/api/README.md). */
public final class Answer {
    static final String PROBLEM = "application/problem+json";

    private static final HeaderName REPLAYED = HeaderNames.create("Idempotency-Replayed");
    private static final HeaderName REPR_DIGEST = HeaderNames.create("Repr-Digest");

    private final ServerRequest request;
    private final ServerResponse response;

    public Answer(ServerRequest request, ServerResponse response) {
        this.request = request;
        this.response = response;
    }

    /** With {@code last} it is the connection's last one. */
    void send(UploadResult result, boolean last) {
        if (last) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        switch (result) {
            case UploadResult.Stored stored -> receipt(stored.receipt());
            case UploadResult.Replayed replayed -> {
                response.header(REPLAYED, "true");
                receipt(replayed.receipt());
            }
            case UploadResult.Accepted accepted -> accepted(accepted.uploadId());
            case UploadResult.Refused refused -> refused(refused.refusal());
            case UploadResult.Rejected rejected -> rejected(rejected.problem(), rejected.detail(), rejected.uploadId());
        }
    }

    /** For what is not about an upload that is being sent. */
    public void problem(Problem problem, String detail) {
        problem(problem, detail, Optional.empty());
    }

    private void receipt(Receipt receipt) {
        receipt.sha256().ifPresent(hex -> {
            byte[] digest = HexFormat.of().parseHex(hex);
            response.header(REPR_DIGEST, "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":");
        });
        location(receipt.uploadId());
        json(201, "application/json", receipt.json());
    }

    private void accepted(String uploadId) {
        location(uploadId);
        JsonObject body = Json.createObjectBuilder()
                .add("status", "accepted")
                .add("upload_id", uploadId)
                .add("state", "stored")
                .build();
        json(202, "application/json", body);
    }

    private void refused(Decision.Refuse refusal) {
        refusal.retryAfter().ifPresent(seconds -> retryAfter(seconds));
        problem(refusal.status(), refusal.code(), refusal.detail(), refusal.uploadId());
    }

    private void rejected(Problem problem, String detail, Optional<String> uploadId) {
        if (problem == Problem.METHOD_NOT_ALLOWED) {
            response.header(HeaderNames.ALLOW, "POST, PUT");
        }
        problem(problem, detail, uploadId);
    }

    private void problem(Problem problem, String detail, Optional<String> uploadId) {
        if (problem.retryAfter() > 0) {
            retryAfter(problem.retryAfter());
        }
        problem(problem.status(), problem.code(), detail, uploadId);
    }

    private void problem(int status, String code, String detail, Optional<String> uploadId) {
        if (status == Status.UNAUTHORIZED_401.code()) { // says what would do (RFC 9110 §11.6.1)
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        JsonObjectBuilder body = problem(status, code, detail);
        uploadId.ifPresent(id -> {
            body.add("upload_id", id);
            location(id);
        });
        json(status, PROBLEM, body.build());
    }

    static JsonObjectBuilder problem(int status, String code, String detail) {
        return Json.createObjectBuilder()
                .add("type", "about:blank")
                .add("title", title(status))
                .add("status", status)
                .add("code", code)
                .add("detail", detail);
    }

    /** RFC 9110's words where Helidon still has older ones. */
    private static String title(int status) {
        return switch (status) {
            case 413 -> "Content Too Large";
            case 422 -> "Unprocessable Content";
            case 507 -> "Insufficient Storage";
            default -> Status.create(status).reasonPhrase();
        };
    }

    private void retryAfter(int seconds) {
        response.header(HeaderNames.RETRY_AFTER, Integer.toString(seconds));
    }

    private void location(String uploadId) {
        response.header(HeaderNames.LOCATION, "/uploads/" + uploadId);
    }

    private void json(int status, String type, JsonObject body) {
        byte[] bytes = bytes(body);
        response.status(status).header(HeaderNames.CONTENT_TYPE, type);
        if (request.prologue().method().equals(Method.HEAD)) {
            // the head that GET would have, and no body: RFC 9110 §9.3.2
            response.contentLength(bytes.length);
            response.send();
        } else {
            response.send(bytes);
        }
    }

    static byte[] bytes(JsonObject body) {
        return (body + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
