package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Caller;
import dev.sluice.gateway.metadata.Intent;
import dev.sluice.gateway.metadata.Trace;
import dev.sluice.gateway.runtime.Ids;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads what a client wants from the head of its request; the body is not touched. */
public final class RequestParser {
    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName REPR_DIGEST = HeaderNames.create("Repr-Digest");
    private static final HeaderName CONTENT_DIGEST = HeaderNames.create("Content-Digest");
    private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");
    private static final HeaderName TRACEPARENT = HeaderNames.create("traceparent");
    /** What can be said once only: of two, neither is believed. */
    private static final List<HeaderName> SINGLE = List.of(
            HeaderNames.AUTHORIZATION,
            IDEMPOTENCY_KEY,
            REPR_DIGEST,
            CONTENT_DIGEST,
            HeaderNames.CONTENT_TYPE,
            HeaderNames.CONTENT_DISPOSITION,
            HeaderNames.CONTENT_ENCODING);

    private static final String ANY_TYPE = "application/octet-stream";
    private static final Pattern KEY = Pattern.compile("[ -~]{1,255}");
    private static final Pattern QUOTED_KEY = Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\]){1,510})\"");

    private RequestParser() {}

    static Intent parse(ServerRequest request, Optional<String> rawFilename) throws RefusedException {
        ServerRequestHeaders headers = request.headers();
        checkSingle(headers);
        checkEncoding(headers);
        checkWhole(headers);
        Optional<String> filename = rawFilename.isPresent()
                ? Optional.of(FileNames.decode(rawFilename.get()).orElseThrow(FileNames::refused))
                : disposition(headers);
        return new Intent(
                one(headers, HeaderNames.AUTHORIZATION),
                cookie(headers),
                clientAddress(request),
                trace(headers),
                request.prologue().method().text(),
                filename,
                contentType(headers),
                length(headers),
                digest(headers),
                wantsDigest(request),
                idempotencyKey(headers));
    }

    /** What the request is called, whatever else is wrong with it. */
    public static Trace trace(ServerRequestHeaders headers) {
        return Trace.of(
                one(headers, REQUEST_ID), one(headers, TRACEPARENT), Ids.next().toString());
    }

    static void checkNoForm(ServerRequestHeaders headers) throws RefusedException {
        String type = one(headers, HeaderNames.CONTENT_TYPE).orElse(ANY_TYPE);
        if (type.toLowerCase(Locale.ROOT).startsWith("multipart/")) {
            throw new RefusedException(
                    Problem.UNSUPPORTED_MEDIA_TYPE,
                    "Forms are not understood: send the file itself as the body, as in curl -T FILE or fetch(url, "
                            + "{method: 'PUT', body: file}).");
        }
    }

    /** Who asks for an object. */
    public static Caller caller(ServerRequest request) throws RefusedException {
        ServerRequestHeaders headers = request.headers();
        checkSingle(headers, HeaderNames.AUTHORIZATION);
        return new Caller(one(headers, HeaderNames.AUTHORIZATION), clientAddress(request), trace(headers));
    }

    /** What nginx says; it lets nobody else say it. */
    private static String clientAddress(ServerRequest request) {
        return one(request.headers(), HeaderNames.X_FORWARDED_FOR)
                .orElseGet(() -> request.remotePeer().host());
    }

    private static void checkSingle(ServerRequestHeaders headers) throws RefusedException {
        for (HeaderName name : SINGLE) {
            checkSingle(headers, name);
        }
    }

    private static void checkSingle(ServerRequestHeaders headers, HeaderName name) throws RefusedException {
        if (headers.contains(name) && headers.get(name).valueCount() > 1) {
            throw RefusedException.badRequest(name.defaultCase() + " is there more than once.");
        }
    }

    private static void checkEncoding(ServerRequestHeaders headers) throws RefusedException {
        Optional<String> encoding = one(headers, HeaderNames.CONTENT_ENCODING);
        if (encoding.isPresent() && !encoding.get().equalsIgnoreCase("identity")) {
            throw new RefusedException(
                    Problem.UNSUPPORTED_ENCODING, "Send the file as it is, without Content-Encoding.");
        }
    }

    /** A part of a file must not be taken for the whole (RFC 9110 §14.5). */
    private static void checkWhole(ServerRequestHeaders headers) throws RefusedException {
        if (headers.contains(HeaderNames.CONTENT_RANGE)) {
            throw RefusedException.badRequest("Content-Range: a file is sent whole, from its first byte on.");
        }
    }

    private static Optional<String> disposition(ServerRequestHeaders headers) throws RefusedException {
        Optional<String> value = one(headers, HeaderNames.CONTENT_DISPOSITION);
        return value.isPresent() ? FileNames.ofDisposition(value.get()) : Optional.empty();
    }

    private static String contentType(ServerRequestHeaders headers) throws RefusedException {
        String type = one(headers, HeaderNames.CONTENT_TYPE).orElse(ANY_TYPE);
        if (!KEY.matcher(type).matches()) {
            throw RefusedException.badRequest("Content-Type is not 1 to 255 printable ASCII characters.");
        }
        // what curl says of any body unless told otherwise; a store would look for a form's fields in the file
        return type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded") ? ANY_TYPE : type;
    }

    /** Absent for a chunked body; a request that declares nothing has an empty one. */
    private static OptionalLong length(ServerRequestHeaders headers) {
        if (headers.contains(HeaderNames.TRANSFER_ENCODING)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(headers.contentLength().orElse(0));
    }

    private static Optional<String> digest(ServerRequestHeaders headers) throws RefusedException {
        Optional<String> repr = digest(headers, REPR_DIGEST);
        Optional<String> content = digest(headers, CONTENT_DIGEST);
        if (repr.isPresent() && content.isPresent() && !repr.equals(content)) {
            throw RefusedException.badRequest("Repr-Digest and Content-Digest differ.");
        }
        return repr.or(() -> content);
    }

    private static Optional<String> digest(ServerRequestHeaders headers, HeaderName name) throws RefusedException {
        return headers.contains(name) ? DigestField.sha256(headers.get(name).get()) : Optional.empty();
    }

    private static boolean wantsDigest(ServerRequest request) throws RefusedException {
        List<String> wanted = request.query().all("digest", List::of);
        if (wanted.stream().anyMatch(algorithm -> !algorithm.equals("sha-256"))) {
            throw RefusedException.badRequest("The only digest is sha-256.");
        }
        return !wanted.isEmpty();
    }

    private static Optional<String> idempotencyKey(ServerRequestHeaders headers) throws RefusedException {
        if (!headers.contains(IDEMPOTENCY_KEY)) {
            return Optional.empty();
        }
        String key = headers.get(IDEMPOTENCY_KEY).get();
        boolean quoted = QUOTED_KEY.matcher(key).matches();
        // two keys that a proxy has joined to one field (RFC 9110 §5.3) have comma and blank between them
        boolean single = quoted || !(key.startsWith("\"") || key.contains(", "));
        if (quoted) {
            key = key.substring(1, key.length() - 1).replaceAll("\\\\(.)", "$1");
        }
        if (!single || !KEY.matcher(key).matches()) {
            throw RefusedException.badRequest(
                    "Idempotency-Key is not one text of 1 to 255 printable ASCII characters.");
        }
        return Optional.of(key);
    }

    /** Of several fields, one line: so they are meant (RFC 9113 §8.2.3). */
    private static Optional<String> cookie(ServerRequestHeaders headers) {
        return headers.contains(HeaderNames.COOKIE)
                ? Optional.of(String.join("; ", headers.get(HeaderNames.COOKIE).allValues()))
                : Optional.empty();
    }

    private static Optional<String> one(ServerRequestHeaders headers, HeaderName name) {
        return headers.contains(name) ? Optional.of(headers.get(name).get()) : Optional.empty();
    }
}
