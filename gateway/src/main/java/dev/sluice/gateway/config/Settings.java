package dev.sluice.gateway.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads typed values of a flat configuration; what is wrong is named by its key. */
public final class Settings {
    /** Of all parts: they may share a file. */
    private static final Set<String> SECTIONS = Set.of("storage", "gateway", "metadata", "worker");

    private final Map<String, String> values;

    public Settings(Map<String, String> values) {
        this.values = values;
        values.keySet().stream()
                .filter(key ->
                        !(SECTIONS.contains(key) && values.getOrDefault(key, "").isEmpty()))
                .forEach(Settings::refuseUnknown);
    }

    /** Keys of the sections of others are theirs to know. */
    private static void refuseUnknown(String key) {
        String section = key.substring(0, Math.max(0, key.indexOf('.')));
        if (!SECTIONS.contains(section)) {
            String word = section.isEmpty() ? key : section;
            throw new ConfigurationException(key, "is in no known section" + Nearest.hint(word, SECTIONS));
        }
        if (Key.SECTIONS.contains(section) && !Key.known(key)) {
            throw new ConfigurationException(key, "is unknown" + Nearest.hint(key, Key.names()));
        }
    }

    public Optional<String> optional(Key key) {
        return Optional.ofNullable(values.get(key.key())).or(key::fallback);
    }

    public String text(Key key) {
        return optional(key).orElseThrow(() -> new ConfigurationException(key.key(), "is missing"));
    }

    public boolean flag(Key key) {
        return switch (text(key)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigurationException(key.key(), "is neither true nor false");
        };
    }

    public long number(Key key, long least, long most) {
        try {
            long value = Long.parseLong(text(key));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new ConfigurationException(key.key(), "is not a number", e);
        }
        throw new ConfigurationException(key.key(), "is not between " + least + " and " + most);
    }

    public Duration span(Key key) {
        try {
            Duration span = Duration.parse(text(key));
            if (span.isPositive()) {
                return span;
            }
        } catch (DateTimeException e) {
            throw new ConfigurationException(key.key(), "is not a span like PT5S", e);
        }
        throw new ConfigurationException(key.key(), "is not longer than nothing");
    }

    public URI url(Key key) {
        String text = text(key);
        if (!text.matches("https?://[^/?#@]+/?")) {
            throw new ConfigurationException(key.key(), "is not like http://host:port");
        }
        URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        if (url.getHost() == null) {
            throw new ConfigurationException(key.key(), "names a host that no URL may name");
        }
        return url;
    }

    public InetSocketAddress address(Key key) {
        String text = text(key);
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw new ConfigurationException(key.key(), "is not like 127.0.0.1:8081");
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), Integer.parseInt(port));
        } catch (UnknownHostException e) {
            throw new ConfigurationException(key.key(), "names an unknown host", e);
        }
    }

    /** What stands in the file that the key names. */
    public String secret(Key key) {
        try {
            String secret = Files.readString(Path.of(text(key))).strip();
            if (!secret.isEmpty()) {
                return secret;
            }
        } catch (IOException e) {
            throw new ConfigurationException(key.key(), "names a file that cannot be read", e);
        }
        throw new ConfigurationException(key.key(), "names an empty file");
    }
}
