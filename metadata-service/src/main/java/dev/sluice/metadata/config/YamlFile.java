package dev.sluice.metadata.config;

import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import io.helidon.config.spi.ConfigSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a file of keys, and says in one line what is wrong with it: its parser's words end with a picture of the place. */
final class YamlFile {
    private YamlFile() {}

    /** Throws, with file, line and reason, for what cannot be read as keys and values. */
    static ConfigSource source(Path file) {
        if (!Files.isReadable(file)) {
            throw new ConfigurationException("cannot read the configuration file " + file);
        }
        ConfigSource source = ConfigSources.file(file).build();
        try {
            refuseRepetition(file);
            Config.builder(source)
                    .disableEnvironmentVariablesSource()
                    .disableSystemPropertiesSource()
                    .disableKeyResolving()
                    .disableValueResolving()
                    .build();
        } catch (ConfigException e) {
            throw new ConfigurationException(file + ", " + reason(e.getCause()), e);
        }
        return source;
    }

    /** Of two sections with one name Helidon takes the last, and says nothing. */
    private static void refuseRepetition(Path file) {
        if (!file.toString().matches(".*\\.ya?ml")) {
            return;
        }
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream content = Files.newInputStream(file)) {
            new Yaml(new SafeConstructor(options)).load(content);
        } catch (IOException | YAMLException e) {
            throw new ConfigException("not YAML", e);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause instanceof MarkedYAMLException wrong) {
            return "line " + (wrong.getProblemMark().getLine() + 1) + ": " + wrong.getProblem();
        }
        return cause instanceof ClassCastException ? "not keys and values" : "not YAML: " + cause;
    }
}
