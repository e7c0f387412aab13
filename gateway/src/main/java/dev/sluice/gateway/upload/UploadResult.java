package dev.sluice.gateway.upload;

import dev.sluice.gateway.metadata.Decision;
import dev.sluice.gateway.metadata.Receipt;
import java.util.Optional;

/** How an upload request ended. */
sealed interface UploadResult {
    /** What metrics and the log call it. */
    String code();

    /** Stored and on record. */
    record Stored(Receipt receipt) implements UploadResult {
        @Override
        public String code() {
            return "stored";
        }
    }

    /** Was stored by an earlier request with the same Idempotency-Key. */
    record Replayed(Receipt receipt) implements UploadResult {
        @Override
        public String code() {
            return "replayed";
        }
    }

    /** Stored, not yet on record; it will be. */
    record Accepted(String uploadId) implements UploadResult {
        @Override
        public String code() {
            return "accepted";
        }
    }

    /** Refused by the metadata service. */
    record Refused(Decision.Refuse refusal) implements UploadResult {
        @Override
        public String code() {
            return refusal.code();
        }
    }

    /** Refused or failed here. */
    record Rejected(Problem problem, String detail, Optional<String> uploadId) implements UploadResult {
        @Override
        public String code() {
            return problem.code();
        }
    }

    static UploadResult rejected(Problem problem, String detail) {
        return new Rejected(problem, detail, Optional.empty());
    }

    static UploadResult rejected(Problem problem, String detail, String uploadId) {
        return new Rejected(problem, detail, Optional.of(uploadId));
    }
}
