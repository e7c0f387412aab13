package dev.sluice.gateway.config;

/** The configuration is wrong; the message names the key. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigurationException(String key, String what) {
        super(key + " " + what);
    }

    /** The message of the cause names the key. */
    public ConfigurationException(IllegalArgumentException cause) {
        super(cause.getMessage(), cause);
    }

    public ConfigurationException(String key, String what, Throwable cause) {
        super(key + " " + what, cause);
    }
}
