package dev.sluice.metadata.authorize;

import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;

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

    /** The client's headers that say who it is; never shown. */
    public record Credentials(Optional<String> authorization, Optional<String> cookie) {
        /** Whether they can be sent on as they came. */
        public boolean clean() {
            return clean(authorization) && clean(cookie);
        }

        private static boolean clean(Optional<String> value) {
            return value.isEmpty() || HEADER_VALUE.matcher(value.get()).matches();
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
