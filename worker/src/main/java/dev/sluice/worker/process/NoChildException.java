package dev.sluice.worker.process;

/** No child JVM came up: the job was not begun. */
final class NoChildException extends Exception {
    private static final long serialVersionUID = 1;

    NoChildException(String message) {
        super(message);
    }
}
