package dev.sluice.worker.config;

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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Typed access to the keys of files and arguments; every failure names its key. */
public record Settings(Config raw) {
    /** Of all parts: they may share a file. */
    private static final Set<String> SECTIONS = Set.of("storage", "gateway", "metadata", "worker");

    /** Values given one by one win over files, earlier files over later ones. */
    public static Settings load(Map<String, String> values, List<Path> files) {
        List<Supplier<? extends ConfigSource>> sources = new ArrayList<>();
        sources.add(ConfigSources.create(values));
        for (Path file : files) {
            sources.add(YamlFile.source(file));
        }
        return new Settings(Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .disableFilterServices()
                .sources(sources)
                .build());
    }

    /** Throws for a section that no part knows, and for a key of these sections, with a value or empty, that is not among the known ones; {@code names} are what it may be meant to be. */
    public void refuseUnknown(List<String> sections, Pattern known, List<String> names) {
        for (Config section : raw.asNodeList().orElse(List.of())) {
            if (!SECTIONS.contains(section.name())) {
                throw new ConfigurationException(
                        "unknown section " + section.name() + Nearest.hint(section.name(), SECTIONS));
            }
        }
        String unknown = sections.stream()
                .flatMap(section -> raw.get(section).traverse())
                .filter(node -> !isKnown(node, known))
                .map(node -> node.key() + hint(node.key().toString(), names))
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw new ConfigurationException("unknown key " + unknown);
        }
    }

    /** Names that differ in their last word alone. */
    private static String hint(String key, List<String> names) {
        String section = key.substring(0, key.lastIndexOf('.') + 1);
        List<String> words = names.stream()
                .filter(name -> name.startsWith(section) && !name.equals(key))
                .map(name -> name.substring(section.length()))
                .toList();
        return Nearest.to(key.substring(section.length()), words)
                .map(meant -> "; did you mean " + section + meant + "?")
                .orElse("");
    }

    /** An empty list or section is known when there could be known keys in it. */
    @SuppressWarnings("JdkObsolete") // hitEnd() is meant for just this: whether more input could match
    private static boolean isKnown(Config node, Pattern known) {
        if (node.isLeaf()) {
            return known.matcher(node.key().toString()).matches();
        }
        Matcher inside = known.matcher(node.key() + ".");
        return !node.asNodeList().orElse(List.of()).isEmpty() || inside.matches() || inside.hitEnd();
    }

    public Optional<String> text(String key) {
        return raw.get(key).asString().asOptional();
    }

    public String required(String key) {
        return text(key).orElseThrow(() -> new ConfigurationException(key + " is missing"));
    }

    public Duration duration(String key, String preset) {
        return parsed(key, preset, text -> {
            Duration duration = Duration.parse(text);
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("not positive");
            }
            return duration;
        });
    }

    public int positive(String key, int preset) {
        return Math.toIntExact(positive(key, (long) preset));
    }

    public long positive(String key, long preset) {
        return parsed(key, Long.toString(preset), text -> {
            long number = Long.parseLong(text);
            if (number < 1) {
                throw new IllegalArgumentException("not positive");
            }
            return number;
        });
    }

    public boolean flag(String key, boolean preset) {
        return parsed(key, Boolean.toString(preset), text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false");
        });
    }

    public URI url(String key, String preset) {
        return parsed(key, preset, text -> {
            URI url = URI.create(text);
            if (url.getHost() == null) {
                throw new IllegalArgumentException("no host");
            }
            return url;
        });
    }

    public List<String> list(String key) {
        Config list = raw.get(key);
        if (list.isLeaf()) {
            throw new ConfigurationException(key + " is not a list");
        }
        return list.asList(String.class).orElse(List.of());
    }

    /** Names of the sections directly below this key. */
    public List<String> names(String key) {
        return raw.get(key).asNodeList().orElse(List.of()).stream()
                .map(Config::name)
                .toList();
    }

    /** The content of the file that the key names, without the line's end. */
    public String secret(String key) {
        Path file = Path.of(required(key));
        try {
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw new ConfigurationException(key + ": " + file + " is empty");
            }
            return secret;
        } catch (IOException e) {
            throw new ConfigurationException(key + ": " + file + " cannot be read", e);
        }
    }

    private <T> T parsed(String key, String preset, Function<String, T> parser) {
        String text = text(key).orElse(preset);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
            throw new ConfigurationException(key + ": " + text + " is not valid", e);
        }
    }
}
