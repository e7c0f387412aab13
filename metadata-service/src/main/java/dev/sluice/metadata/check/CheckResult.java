package dev.sluice.metadata.check;

import dev.sluice.metadata.http.Fields;
import dev.sluice.metadata.http.ProblemException;
import dev.sluice.metadata.upload.Failure;
import dev.sluice.metadata.upload.Proof;
import jakarta.json.JsonObject;
import java.util.Optional;

/** What a worker saw under an attempt's key ({@code check-result-*.json}). */
sealed interface CheckResult {
    /** An object, and the upload that it says it belongs to. */
    record There(Proof proof, Optional<String> uploadId) implements CheckResult {}

    /** The store says that there is none. */
    record Absent() implements CheckResult {}

    /** There was one; we had it removed. */
    record Deleted() implements CheckResult {}

    /** An object that the store never verified; {@code deleted} when it has been removed. */
    record NoChecksum(boolean deleted) implements CheckResult {}

    /** No answer: neither there nor absent. */
    record Unclear(String reason, String detail) implements CheckResult {
        /** The store will say the same again about this key. */
        boolean badRequest() {
            return reason.equals("bad-request");
        }

        /** What becomes of a reported upload when this was the last answer of {@code tries}. */
        Failure failure(int tries) {
            String last = reason + ": " + detail;
            if (badRequest()) {
                return Failure.of("not-found", "the store has nothing under such a key, " + last);
            }
            String refused = reason.equals("forbidden") ? "store-refused" : "store-unavailable";
            return Failure.of(refused, "no answer in " + tries + " checks, the last: " + last);
        }
    }

    int MAX_TEXT = 1024;

    /** What cannot be read is no answer either. */
    static CheckResult parse(JsonObject json) {
        try {
            return read(json);
        } catch (ProblemException e) {
            return new Unclear("store-error", "unreadable result: " + e.getMessage());
        }
    }

    private static CheckResult read(JsonObject json) {
        Fields fields = new Fields(json);
        return switch (fields.maybeText("outcome", 64).orElse("")) {
            case "there" -> new There(proof(fields), fields.maybeText("upload_id", 1024));
            case "absent" -> new Absent();
            case "deleted" -> new Deleted();
            case "no-checksum" -> new NoChecksum(fields.flag("deleted"));
            default ->
                new Unclear(text(json, "reason", "store-error"), text(json, "detail", "the check gave no answer"));
        };
    }

    private static String text(JsonObject json, String name, String absent) {
        String text = json.getString(name, absent);
        return text.substring(0, Math.min(text.length(), MAX_TEXT));
    }

    private static Proof proof(Fields fields) {
        return new Proof(
                fields.number("size", 0, Long.MAX_VALUE),
                fields.maybeText("crc32c", 64),
                Optional.empty(),
                fields.maybeText("etag", 1024),
                fields.maybeText("version_id", 1024),
                Optional.empty(),
                Optional.empty());
    }
}
