package dev.sluice.worker;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.helidon.config.spi.ConfigSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Typed access to the keys of files and arguments; every failure names its key. */
record Settings(Config raw) {

    static Settings load(CommandLine line) {
        List<Supplier<? extends ConfigSource>> sources = new ArrayList<>();
        sources.add(ConfigSources.create(line.settings()));
        for (Path file : line.files()) {
            if (!Files.isReadable(file)) {
                throw new ConfigException("--config " + file + " cannot be read");
            }
            sources.add(ConfigSources.file(file));
        }
        try {
            return new Settings(Config.builder()
                    .disableEnvironmentVariablesSource()
                    .disableSystemPropertiesSource()
                    .disableFilterServices()
                    .sources(sources)
                    .build());
        } catch (io.helidon.config.ConfigException e) {
            throw new ConfigException("configuration not readable: " + e.getMessage(), e);
        }
    }

    /** Throws for a key of these sections that is not among the known ones. */
    void refuseUnknown(List<String> sections, Pattern known) {
        String unknown = sections.stream()
                .flatMap(section -> raw.get(section).traverse())
                .filter(Config::isLeaf)
                .map(node -> node.key().toString())
                .filter(key -> !known.matcher(key).matches())
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw new ConfigException("unknown key " + unknown);
        }
    }

    Optional<String> text(String key) {
        return raw.get(key).asString().asOptional();
    }

    String required(String key) {
        return text(key).orElseThrow(() -> new ConfigException(key + " is missing"));
    }

    Duration duration(String key, String preset) {
        return parsed(key, preset, text -> {
            Duration duration = Duration.parse(text);
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("not positive");
            }
            return duration;
        });
    }

    int positive(String key, int preset) {
        return Math.toIntExact(positive(key, (long) preset));
    }

    long positive(String key, long preset) {
        return parsed(key, Long.toString(preset), text -> {
            long number = Long.parseLong(text);
            if (number < 1) {
                throw new IllegalArgumentException("not positive");
            }
            return number;
        });
    }

    boolean flag(String key, boolean preset) {
        return parsed(key, Boolean.toString(preset), text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false");
        });
    }

    URI url(String key, String preset) {
        return parsed(key, preset, text -> {
            URI url = URI.create(text);
            if (url.getHost() == null) {
                throw new IllegalArgumentException("no host");
            }
            return url;
        });
    }

    List<String> list(String key) {
        return raw.get(key).asList(String.class).orElse(List.of());
    }

    /** Names of the sections directly below this key. */
    List<String> names(String key) {
        return raw.get(key).asNodeList().orElse(List.of()).stream()
                .map(Config::name)
                .toList();
    }

    /** The content of the file that the key names, without the line's end. */
    String secret(String key) {
        Path file = Path.of(required(key));
        try {
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw new ConfigException(key + ": " + file + " is empty");
            }
            return secret;
        } catch (IOException e) {
            throw new ConfigException(key + ": " + file + " cannot be read", e);
        }
    }

    private <T> T parsed(String key, String preset, Function<String, T> parser) {
        String text = text(key).orElse(preset);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
            throw new ConfigException(key + ": " + text + " is not valid", e);
        }
    }
}
