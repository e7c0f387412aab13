package dev.sluice.metadata.http;

import io.helidon.common.uri.UriQuery;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The query of a request, read strictly: what is malformed is a bad request. */
public final class Query {
    private static final int MAX_LIMIT = 200;
    private static final int DEFAULT_LIMIT = 50;
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);
    private static final Pattern WAIT = Pattern.compile("(\\d{1,5})(s|ms)");

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final UriQuery query;

    /** Throws for a parameter that is none of the known ones: misspelled, it would widen what is found. */
    public Query(ServerRequest req, String... known) {
        this.query = req.query();
        for (String name : query.names()) {
            if (!List.of(known).contains(name)) {
                throw ProblemException.badRequest("Unknown parameter; there are " + String.join(", ", known) + ".");
            }
        }
    }

    /** Absent when it is there without a value. */
    public Optional<String> text(String name) {
        if (!query.contains(name)) {
            return Optional.empty();
        }
        String value = query.get(name);
        if (value.length() > 256) {
            throw ProblemException.badRequest("\"" + name + "\" must have 1 to 256 characters.");
        }
        return Optional.of(value).filter(text -> !text.isEmpty());
    }

    public Optional<Long> number(String name) {
        return text(name).map(value -> {
            if (!value.matches("\\d{1,18}")) {
                throw ProblemException.badRequest("\"" + name + "\" must be a whole number.");
            }
            return Long.parseLong(value);
        });
    }

    /** The id after which a page begins. */
    public Optional<String> cursor() {
        Optional<String> cursor = text("cursor");
        if (cursor.isPresent() && !ID.matcher(cursor.get()).matches()) {
            throw ProblemException.badRequest("\"cursor\" must be the next_cursor of an earlier page.");
        }
        return cursor;
    }

    /** How many rows a page has at most. */
    public int limit() {
        long limit = number("limit").orElse((long) DEFAULT_LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ProblemException.badRequest("\"limit\" must be from 1 to " + MAX_LIMIT + ".");
        }
        return (int) limit;
    }

    /** A span such as {@code 20s} or {@code 500ms}, at most 60 s; zero when absent. */
    public Duration wait(String name) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return Duration.ZERO;
        }
        Matcher matcher = WAIT.matcher(value.get());
        if (!matcher.matches()) {
            throw ProblemException.badRequest(
                    "\"" + name + "\" must be a span such as 20s or 500ms; at most 60s are waited.");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration wait = matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
        return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
    }
}
