package dev.sluice.metadata.runtime;

import dev.sluice.metadata.config.ConfigurationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The arguments of the process (docs/configuration.md). */
public record CommandLine(
        List<Path> files, List<String> haltAt, Map<String, String> keys, boolean help, boolean version) {
    public CommandLine {
        files = List.copyOf(files);
        haltAt = List.copyOf(haltAt);
        keys = Map.copyOf(keys);
    }

    public static CommandLine parse(List<String> args) {
        List<Path> files = new ArrayList<>();
        List<String> haltAt = new ArrayList<>();
        Map<String, String> keys = new HashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            switch (arg) {
                case "--config" -> files.add(Path.of(value(args, ++i, arg)));
                case "--halt-at" -> haltAt.add(value(args, ++i, arg));
                case "--help", "--version" -> keys.put(arg, "");
                default -> {
                    int equals = arg.indexOf('=');
                    if (equals < 1 || arg.startsWith("-")) {
                        throw new ConfigurationException("unknown argument " + arg + "; --help lists them");
                    }
                    keys.put(arg.substring(0, equals), arg.substring(equals + 1));
                }
            }
        }
        boolean help = keys.remove("--help") != null;
        boolean version = keys.remove("--version") != null;
        return new CommandLine(files, haltAt, keys, help, version);
    }

    /** The same with where a key that is wrong may stand, unless it names a file itself. */
    public ConfigurationException located(ConfigurationException fault) {
        String message = String.valueOf(fault.getMessage());
        if (files.isEmpty() || files.stream().anyMatch(file -> message.contains(file.toString()))) {
            return fault;
        }
        Stream<String> arguments = keys.isEmpty() ? Stream.empty() : Stream.of("the arguments");
        String sources =
                Stream.concat(arguments, files.stream().map(Path::toString)).collect(Collectors.joining(" or "));
        return new ConfigurationException(message + " (in " + sources + ")", fault);
    }

    private static String value(List<String> args, int index, String option) {
        if (index >= args.size()) {
            throw new ConfigurationException(option + " needs a value");
        }
        return args.get(index);
    }
}
