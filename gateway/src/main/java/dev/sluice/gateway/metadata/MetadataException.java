package dev.sluice.gateway.metadata;

/** Nobody decided: the metadata service did not answer in time, or not with an answer. */
public final class MetadataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MetadataException(String message) {
        super(message);
    }

    public MetadataException(String message, Throwable cause) {
        super(message, cause);
    }
}
