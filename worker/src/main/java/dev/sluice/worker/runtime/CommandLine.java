package dev.sluice.worker.runtime;

import dev.sluice.worker.config.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words after {@code java -jar worker.jar}. */
public record CommandLine(
        List<Path> files, List<String> haltAt, Map<String, String> settings, boolean help, boolean version) {
    /** Throws with a line for the user when a word makes no sense. */
    public static CommandLine parse(String... args) {
        List<Path> files = new ArrayList<>();
        List<String> haltAt = new ArrayList<>();
        Map<String, String> settings = new LinkedHashMap<>();
        boolean help = false;
        boolean version = false;
        for (int i = 0; i < args.length; i++) {
            String word = args[i];
            switch (word) {
                case "--config" -> files.add(Path.of(value(args, ++i, word)));
                case "--halt-at" -> haltAt.add(value(args, ++i, word));
                case "--help" -> help = true;
                case "--version" -> version = true;
                default -> {
                    int equals = word.indexOf('=');
                    if (equals < 1 || word.startsWith("-")) {
                        throw new ConfigurationException("not an option and not key=value: " + word);
                    }
                    settings.put(word.substring(0, equals), word.substring(equals + 1));
                }
            }
        }
        return new CommandLine(List.copyOf(files), List.copyOf(haltAt), settings, help, version);
    }

    /** The same with where a key that is wrong may stand, unless it names a file itself. */
    public ConfigurationException located(ConfigurationException fault) {
        String message = String.valueOf(fault.getMessage());
        if (files.isEmpty() || files.stream().anyMatch(file -> message.contains(file.toString()))) {
            return fault;
        }
        Stream<String> arguments = settings.isEmpty() ? Stream.empty() : Stream.of("the arguments");
        String sources =
                Stream.concat(arguments, files.stream().map(Path::toString)).collect(Collectors.joining(" or "));
        return new ConfigurationException(message + " (in " + sources + ")", fault);
    }

    private static String value(String[] args, int index, String option) {
        if (index >= args.length) {
            throw new ConfigurationException(option + " wants a value");
        }
        return args[index];
    }
}
