package dev.sluice.worker.lease;

/** The metadata service gave no usable answer. */
public final class MetadataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MetadataException(String message) {
        super(message);
    }

    MetadataException(String message, Throwable cause) {
        super(message, cause);
    }
}
