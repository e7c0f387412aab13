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

/** Turns results into HTTP answers (docs/api/README.md). */
public final class Answers {
    private static final HeaderName REPLAYED = HeaderNames.create("Idempotency-Replayed");
    private static final HeaderName REPR_DIGEST = HeaderNames.create("Repr-Digest");

    private Answers() {}

    /** Writes the answer; with {@code last} it is the connection's last one. */
    static void send(ServerResponse response, UploadResult result, boolean last) {
        if (last) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        switch (result) {
            case UploadResult.Stored stored -> receipt(response, stored.receipt());
            case UploadResult.Replayed replayed -> {
                response.header(REPLAYED, "true");
                receipt(response, replayed.receipt());
            }
            case UploadResult.Accepted accepted -> accepted(response, accepted.uploadId());
            case UploadResult.Refused refused -> refused(response, refused.refusal());
            case UploadResult.Rejected rejected ->
                rejected(response, rejected.problem(), rejected.detail(), rejected.uploadId());
        }
    }

    /** Answers what is not about an upload that is being sent; HEAD hears no more than the status (RFC 9110 §9.3.2). */
    public static void problem(ServerRequest request, ServerResponse response, Problem problem, String detail) {
        if (!request.prologue().method().equals(Method.HEAD)) {
            problem(response, problem, detail, Optional.empty());
            return;
        }
        if (problem.retryAfter() > 0) {
            retryAfter(response, problem.retryAfter());
        }
        response.status(problem.status()).send();
    }

    private static void receipt(ServerResponse response, Receipt receipt) {
        receipt.sha256().ifPresent(hex -> {
            byte[] digest = HexFormat.of().parseHex(hex);
            response.header(REPR_DIGEST, "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":");
        });
        location(response, receipt.uploadId());
        json(response, 201, "application/json", receipt.json());
    }

    private static void accepted(ServerResponse response, String uploadId) {
        location(response, uploadId);
        JsonObject body = Json.createObjectBuilder()
                .add("status", "accepted")
                .add("upload_id", uploadId)
                .add("state", "stored")
                .build();
        json(response, 202, "application/json", body);
    }

    private static void refused(ServerResponse response, Decision.Refuse refusal) {
        refusal.retryAfter().ifPresent(seconds -> retryAfter(response, seconds));
        problem(response, refusal.status(), refusal.code(), refusal.detail(), refusal.uploadId());
    }

    private static void rejected(ServerResponse response, Problem problem, String detail, Optional<String> uploadId) {
        if (problem == Problem.METHOD_NOT_ALLOWED) {
            response.header(HeaderNames.ALLOW, "POST, PUT");
        }
        problem(response, problem, detail, uploadId);
    }

    private static void problem(ServerResponse response, Problem problem, String detail, Optional<String> uploadId) {
        if (problem.retryAfter() > 0) {
            retryAfter(response, problem.retryAfter());
        }
        problem(response, problem.status(), problem.code(), detail, uploadId);
    }

    private static void problem(
            ServerResponse response, int status, String code, String detail, Optional<String> uploadId) {
        JsonObjectBuilder body = Json.createObjectBuilder()
                .add("type", "about:blank")
                .add("title", title(status))
                .add("status", status)
                .add("code", code)
                .add("detail", detail);
        uploadId.ifPresent(id -> {
            body.add("upload_id", id);
            location(response, id);
        });
        json(response, status, "application/problem+json", body.build());
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

    private static void retryAfter(ServerResponse response, int seconds) {
        response.header(HeaderNames.RETRY_AFTER, Integer.toString(seconds));
    }

    private static void location(ServerResponse response, String uploadId) {
        response.header(HeaderNames.LOCATION, "/uploads/" + uploadId);
    }

    private static void json(ServerResponse response, int status, String type, JsonObject body) {
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, type)
                .send((body + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
