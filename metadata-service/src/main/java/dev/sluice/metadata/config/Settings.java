package dev.sluice.metadata.config;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys of one section while they are read; remembers which were asked for, so that the others can be refused by name. */
public final class Settings {
    private final String section;
    private final TreeMap<String, String> values;
    /** Lists and sections with nothing in them, kept as values of no length: they may be misspelled too. */
    private final Set<String> empties;

    private final Set<String> read = new HashSet<>();
    private final Set<String> listed = new HashSet<>();

    private Settings(String section, Map<String, String> values, Set<String> empties) {
        this.section = section;
        this.values = new TreeMap<>(values);
        this.empties = empties;
        empties.forEach(key -> this.values.put(key, ""));
    }

    /** Throws for a section that no part knows. Arguments win over files, earlier files over later ones; neither environment nor system properties count. */
    public static Settings load(Map<String, String> keys, List<Path> files, String section) {
        Config.Builder builder = Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .disableValueResolving()
                .disableKeyResolving()
                .addSource(ConfigSources.create(keys));
        for (Path file : files) {
            builder.addSource(YamlFile.source(file));
        }
        Config all = builder.build();
        Sections.refuseUnknown(
                all.asNodeList().orElse(List.of()).stream().map(Config::name).toList());
        Config config = all.get(section).detach();
        return new Settings(section, config.exists() ? config.asMap().orElse(Map.of()) : Map.of(), empties(config));
    }

    private static Set<String> empties(Config config) {
        return config.traverse()
                .filter(node ->
                        !node.isLeaf() && node.asNodeList().orElse(List.of()).isEmpty())
                .map(node -> node.key().toString())
                .collect(Collectors.toSet());
    }

    public Optional<String> text(String key) {
        read.add(key);
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(value -> !value.isEmpty());
    }

    public String required(String key) {
        return text(key).orElseThrow(() -> new ConfigurationException(section + "." + key + " is missing"));
    }

    public boolean flag(String key) {
        return switch (text(key).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, "true or false");
        };
    }

    public Optional<Long> maybeNumber(String key) {
        return text(key).map(value -> {
            if (!value.matches("\\d{1,18}")) {
                throw wrong(key, "a whole number");
            }
            return Long.parseLong(value);
        });
    }

    public long number(String key, long absent) {
        return maybeNumber(key).orElse(absent);
    }

    public int count(String key, int absent) {
        long value = number(key, absent);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw wrong(key, "a whole number above zero");
        }
        return (int) value;
    }

    public Duration span(String key, String absent) {
        try {
            Duration span = Duration.parse(text(key).orElse(absent));
            if (span.isNegative() || span.isZero()) {
                throw wrong(key, "longer than nothing");
            }
            return span;
        } catch (DateTimeParseException e) {
            throw wrong(key, "a span such as PT5S");
        }
    }

    public Optional<URI> url(String key) {
        return text(key).map(value -> {
            try {
                URI url = new URI(value);
                boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
                boolean plain = url.getUserInfo() == null && url.getFragment() == null;
                if (http && plain && url.getHost() != null) {
                    return url;
                }
            } catch (URISyntaxException e) {
                throw wrong(key, "an http URL without user or fragment");
            }
            throw wrong(key, "an http URL without user or fragment");
        });
    }

    /** The content of the file that the key names, parsed; the content is never shown. */
    public <T> T secret(String key, Function<String, Optional<T>> parser, String form) {
        Path file = Path.of(required(key));
        try {
            return parser.apply(Files.readString(file).strip())
                    .orElseThrow(() -> wrong(key, "a file that holds " + form));
        } catch (IOException e) {
            throw new ConfigurationException(section + "." + key + ": cannot read " + file, e);
        }
    }

    /** The keys of a list's elements, in order; none when the list is absent. */
    public Set<String> elements(String key) {
        Set<String> elements = below(key);
        String value = values.getOrDefault(key, "");
        boolean absent = !values.containsKey(key) || empties.contains(key);
        if (!value.isEmpty() || (elements.isEmpty() && !absent)) {
            throw new ConfigurationException(section + "." + key + " is not a list");
        }
        return elements;
    }

    /** The keys one level below, in order; numbers for a list. */
    public Set<String> below(String key) {
        listed.add(key);
        Set<String> names = new TreeSet<>(
                (a, b) -> a.length() == b.length() ? a.compareTo(b) : Integer.compare(a.length(), b.length()));
        String prefix = key + '.';
        for (String name : values.tailMap(prefix).keySet()) {
            if (!name.startsWith(prefix)) {
                break;
            }
            names.add(name.substring(prefix.length()).split("\\.", 2)[0]);
        }
        return names;
    }

    public void refuseUnread() {
        Set<String> unknown = new TreeSet<>(values.keySet());
        unknown.removeAll(read);
        unknown.removeIf(key -> empties.contains(key)
                ? listed.contains(key) || isSection(key)
                : values.getOrDefault(key, "").isEmpty() && !below(key).isEmpty());
        if (!unknown.isEmpty()) {
            String key = unknown.iterator().next();
            throw new ConfigurationException("unknown key " + section + "." + key + hint(key));
        }
    }

    /** What the first word of it that nobody knows was probably meant to be. */
    private String hint(String key) {
        String parent = "";
        for (String word : key.split("\\.", -1)) {
            Set<String> known = knownBelow(parent);
            if (!known.contains(word)) {
                String before = section + "." + parent;
                return Nearest.to(word, known)
                        .map(near -> "; did you mean " + before + near + "?")
                        .orElse("");
            }
            parent += word + ".";
        }
        return "";
    }

    private Set<String> knownBelow(String parent) {
        return Stream.concat(read.stream(), listed.stream())
                .filter(key -> key.startsWith(parent))
                .map(key -> key.substring(parent.length()).split("\\.", 2)[0])
                .collect(Collectors.toSet());
    }

    private boolean isSection(String key) {
        return read.stream().anyMatch(name -> name.startsWith(key + '.'));
    }

    public ConfigurationException wrong(String key, String wanted) {
        return new ConfigurationException(section + "." + key + " must be " + wanted);
    }
}
