package dev.sluice.metadata.upload;

import java.util.Optional;

/** Whether an upload may come: the terms, or a refusal. */
sealed interface Admission permits Admission.Terms, IntentAnswer.Refuse {
    /** Whose it is, where it goes, how large it may be; {@code data} is the application's JSON text. */
    record Terms(KeySpace keys, String bucket, long maxBytes, Optional<String> data) implements Admission {
        String owner() {
            return keys.owner();
        }

        /** Digest of the user that the application named. */
        Optional<String> user() {
            return keys.user();
        }
    }
}
