package dev.sluice.gateway;

/** The configuration is wrong; the message names the key. */
final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ConfigurationException(String key, String what) {
        super(key + " " + what);
    }

    /** The message of the cause names the key. */
    ConfigurationException(IllegalArgumentException cause) {
        super(cause.getMessage(), cause);
    }

    ConfigurationException(String key, String what, Throwable cause) {
        super(key + " " + what, cause);
    }
}
