package dev.sluice.gateway.connection;

import java.util.Map;
import java.util.Optional;

/** A complete HTTP answer; names of headers are in lower case. */
public record HttpAnswer(int status, Map<String, String> headers, String body) {
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
