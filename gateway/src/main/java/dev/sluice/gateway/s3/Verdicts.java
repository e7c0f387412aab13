package dev.sluice.gateway.s3;

import dev.sluice.gateway.connection.HttpAnswer;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StorageException.Kind;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the answers of an S3 service mean. */
final class Verdicts {
    private static final Pattern CODE = Pattern.compile("<Code>([\\w.-]{1,64})</Code>");
    private static final Set<String> THROTTLING =
            Set.of("SlowDown", "SlowDownRead", "SlowDownWrite", "TooManyRequests");
    private static final Set<Integer> UNCLEAR_4XX = Set.of(404, 429);

    private Verdicts() {}

    static boolean stored(HttpAnswer answer) {
        return answer.status() == 200 && !answer.body().contains("<Error>");
    }

    /** What an answer means that came before the end of the body: there is no object. */
    static StorageException refusal(HttpAnswer answer) {
        return refusal(answer.status(), code(answer), answer.body());
    }

    static StorageException refusal(int status, String code, String text) {
        return new StorageException(kind(status, code, text), describe(status, code));
    }

    /** What an answer other than success means that came after the end was sent: only a clear refusal is a verdict. */
    static StorageException afterTheEnd(HttpAnswer answer) {
        return afterTheEnd(answer.status(), code(answer));
    }

    static StorageException afterTheEnd(int status, String code) {
        boolean clear = status == 200
                || (status >= 400 && status < 500 && !UNCLEAR_4XX.contains(status) && !tooSlow(status, code));
        return new StorageException(clear ? Kind.REFUSED : Kind.OUTCOME_UNKNOWN, describe(status, code));
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
        boolean refused = status >= 300 && status < 500 && !tooSlow(status, code);
        return refused ? Kind.REFUSED : Kind.UNAVAILABLE;
    }

    /** The store has not got all of it in time, as after a freeze: no judgement of what was sent, though S3 says it with status 400. */
    private static boolean tooSlow(int status, String code) {
        return status == 408 || code.equals("RequestTimeout");
    }

    /** The S3 error code, or nothing. */
    private static String code(HttpAnswer answer) {
        Matcher matcher = CODE.matcher(answer.body());
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String describe(int status, String code) {
        String redirect = status >= 300 && status < 400 ? ", a redirect, which is never followed" : "";
        return "the store answered " + status + (code.isEmpty() ? "" : " " + code) + redirect;
    }
}
