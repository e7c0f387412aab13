package dev.sluice.gateway.runtime;

import dev.sluice.gateway.config.ConfigurationException;
import dev.sluice.gateway.config.YamlFile;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was asked for on the command line: {@code [--config FILE]… [--halt-at NAME:N[:freeze]]… [key=value]…}. */
public record CommandLine(
        List<Path> files, List<String> haltAt, Map<String, String> values, boolean help, boolean version) {
    /**
     * Reads the words after the jar's name.
     *
     * @throws ConfigurationException naming the argument that is wrong
     */
    public static CommandLine parse(String... arguments) {
        List<Path> files = new ArrayList<>();
        List<String> haltAt = new ArrayList<>();
        Map<String, String> values = new HashMap<>();
        boolean help = false;
        boolean version = false;
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            switch (argument) {
                case "--help" -> help = true;
                case "--version" -> version = true;
                case "--config" -> files.add(Path.of(following(arguments, ++i)));
                case "--halt-at" -> haltAt.add(following(arguments, ++i));
                default -> addValue(values, argument);
            }
        }
        return new CommandLine(files, haltAt, values, help, version);
    }

    /** All keys and values: arguments win over files, earlier files over later ones. */
    public Map<String, String> settings() {
        Config.Builder config = Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .addSource(ConfigSources.create(values));
        for (Path file : files) {
            config.addSource(YamlFile.source(file));
        }
        return flat(config.build());
    }

    /** Where a key that is wrong may stand, in words. */
    public String sources() {
        Stream<String> arguments = values.isEmpty() ? Stream.empty() : Stream.of("the arguments");
        return Stream.concat(arguments, files.stream().map(Path::toString)).collect(Collectors.joining(" or "));
    }

    /** An empty list or section is a key without a value, so that a misspelled one is noticed too. */
    private static Map<String, String> flat(Config config) {
        Map<String, String> flat = new HashMap<>(config.asMap().orElse(Map.of()));
        config.traverse()
                .filter(node ->
                        !node.isLeaf() && node.asNodeList().orElse(List.of()).isEmpty())
                .forEach(node -> flat.put(node.key().toString(), ""));
        return flat;
    }

    private static void addValue(Map<String, String> values, String argument) {
        int equals = argument.indexOf('=');
        if (equals < 1 || argument.startsWith("-")) {
            throw new ConfigurationException(argument, "is no argument; --help lists them");
        }
        values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }

    private static String following(String[] arguments, int index) {
        if (index >= arguments.length) {
            throw new ConfigurationException(arguments[index - 1], "wants a value");
        }
        return arguments[index];
    }
}
