package dev.sluice.metadata.authorize;

import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the application is asked ({@code authorize.json}). The credentials are its own, and go to nobody else. */
public record Question(
        Credentials credentials,
        Optional<String> correlationId,
        Optional<String> owner,
        String clientAddress,
        Optional<String> filename,
        Optional<String> contentType,
        Optional<Long> length) {
    private static final Pattern HEADER_VALUE = Pattern.compile("[ -~\t]*");
    private static final Pattern BREAK = Pattern.compile("[\r\n\0]");

    /** The client's headers that say who it is; never shown. */
    public record Credentials(Optional<String> authorization, Optional<String> cookie) {
        /** Whether they are headers at all. */
        public boolean clean() {
            return authorization.stream().allMatch(Credentials::fit)
                    && cookie.stream().noneMatch(value -> BREAK.matcher(value).find());
        }

        /** Without the cookies that cannot be sent on as they came: a browser sends those of all pages of a host. */
        public Credentials fit() {
            Optional<String> kept = cookie.map(value -> Arrays.stream(value.split(";", -1))
                            .filter(Credentials::fit)
                            .collect(Collectors.joining(";"))
                            .strip())
                    .filter(value -> !value.isEmpty());
            return new Credentials(authorization, kept);
        }

        private static boolean fit(String value) {
            return HEADER_VALUE.matcher(value).matches();
        }

        @Override
        public String toString() {
            return "Credentials[hidden]";
        }
    }

    JsonObject json() {
        return JsonIo.object()
                .add("owner", JsonIo.text(owner))
                .add("client_address", clientAddress)
                .add("filename", JsonIo.text(filename))
                .add("content_type", JsonIo.text(contentType))
                .add("length", JsonIo.number(length))
                .build();
    }
}
