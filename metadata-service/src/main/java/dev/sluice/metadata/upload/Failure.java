package dev.sluice.metadata.upload;

import java.util.Optional;

/** Why an upload failed: a reason of the closed list in docs/api, words for people, and how far it had come. */
public record Failure(String reason, Optional<String> detail, long received) {

    public static Failure of(String reason, String detail) {
        return new Failure(reason, Optional.of(detail), 0);
    }

    /** Whether the store or the gateway was in no state to clean up. */
    boolean blamesUs() {
        return reason.startsWith("store-") || reason.startsWith("gateway-") || reason.equals("internal-error");
    }
}
