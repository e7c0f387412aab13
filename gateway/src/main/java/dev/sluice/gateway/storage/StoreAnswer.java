package dev.sluice.gateway.storage;

import dev.sluice.gateway.storage.StorageException.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A complete HTTP answer of the store; names of headers are in lower case. */
record StoreAnswer(int status, Map<String, String> headers, String body) {
    private static final Pattern CODE = Pattern.compile("<Code>([^<]{1,64})</Code>");
    private static final Set<String> THROTTLING =
            Set.of("SlowDown", "SlowDownRead", "SlowDownWrite", "TooManyRequests");
    private static final Set<Integer> UNCLEAR_4XX = Set.of(404, 408, 429);

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The S3 error code, or nothing. */
    String code() {
        Matcher matcher = CODE.matcher(body);
        return matcher.find() ? matcher.group(1) : "";
    }

    boolean stored() {
        return status == 200 && !body.contains("<Error>");
    }

    /** What an answer means that came before the end of the body: there is no object. */
    StorageException refusal() {
        return refusal(status, code(), body);
    }

    static StorageException refusal(int status, String code, String text) {
        return new StorageException(kind(status, code, text), describe(status, code));
    }

    private static Kind kind(int status, String code, String text) {
        if (status == 429 || THROTTLING.contains(code)) {
            return Kind.THROTTLED;
        }
        if (status == 507
                || code.equals("XMinioStorageFull")
                || text.toLowerCase(Locale.ROOT).contains("no space left")) {
            return Kind.FULL;
        }
        boolean refused = status >= 300 && status < 500 && status != 408;
        return refused ? Kind.REFUSED : Kind.UNAVAILABLE;
    }

    /** What an answer other than success means that came after the end was sent: only a clear refusal is a verdict. */
    StorageException verdict() {
        return verdict(status, code());
    }

    static StorageException verdict(int status, String code) {
        boolean clear = status == 200 || (status >= 400 && status < 500 && !UNCLEAR_4XX.contains(status));
        return new StorageException(clear ? Kind.REFUSED : Kind.OUTCOME_UNKNOWN, describe(status, code));
    }

    private static String describe(int status, String code) {
        return "the store answered " + status + (code.isEmpty() ? "" : " " + code);
    }
}
