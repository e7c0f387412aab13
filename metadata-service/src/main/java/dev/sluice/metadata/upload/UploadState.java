package dev.sluice.metadata.upload;

import java.util.Locale;
import java.util.Set;

/** The states of an upload and what may follow on each (docs/upload-life.md §1). */
public enum UploadState {
    INTENT,
    RECEIVING,
    REPORTED,
    COMPLETED,
    FAILED,
    EXPIRED;

    public static UploadState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** As in SQL and JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean open() {
        return this == INTENT || this == RECEIVING || this == REPORTED;
    }

    public boolean canBecome(UploadState next) {
        return switch (this) {
            case INTENT -> Set.of(RECEIVING, COMPLETED, FAILED, EXPIRED).contains(next);
            case RECEIVING -> Set.of(COMPLETED, FAILED, EXPIRED).contains(next);
            case REPORTED -> Set.of(COMPLETED, FAILED).contains(next);
            case FAILED -> Set.of(COMPLETED, INTENT, REPORTED).contains(next);
            case EXPIRED -> Set.of(COMPLETED, INTENT).contains(next);
            case COMPLETED -> false;
        };
    }
}
