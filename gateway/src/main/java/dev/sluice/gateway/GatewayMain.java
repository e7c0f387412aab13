package dev.sluice.gateway;

import dev.sluice.gateway.config.ConfigurationException;
import dev.sluice.gateway.config.Key;
import dev.sluice.gateway.runtime.CommandLine;
import dev.sluice.gateway.runtime.HaltPoint;
import dev.sluice.gateway.runtime.HaltPoints;
import dev.sluice.gateway.runtime.StopSignals;
import dev.sluice.gateway.s3.S3ObjectStore;
import io.helidon.common.mapper.MapperManager;
import io.helidon.logging.common.LogConfig;
import java.util.Map;
import java.util.Optional;

/** Starts the gateway. */
public final class GatewayMain {
    private static final System.Logger LOG = System.getLogger(GatewayMain.class.getName());

    private GatewayMain() {}

    public static void main(String[] arguments) {
        LogConfig.configureRuntime();
        keepMapper();
        try {
            CommandLine line = CommandLine.parse(arguments);
            if (line.help() || line.version()) {
                System.out.print(line.help() ? help() : version() + System.lineSeparator());
                return;
            }
            start(line);
        } catch (ConfigurationException e) {
            System.err.println("gateway: " + e.getMessage());
            System.exit(2);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "gateway not started", e);
            System.exit(1);
        }
    }

    /** Otherwise Helidon makes a new one whenever it reads a header as a number: a tenth of what a small upload costs. */
    @SuppressWarnings("removal") // its headers ask this one, which its successor does not replace
    static void keepMapper() {
        MapperManager.global(MapperManager.builder().useBuiltIn(true).build());
    }

    private static void start(CommandLine line) {
        GatewayConfig config = fitted(configuration(line));
        config.risks().forEach(risk -> LOG.log(System.Logger.Level.WARNING, "time limits out of order " + risk));
        HaltPoints halt = haltPoints(line, config);
        S3ObjectStore store = new S3ObjectStore(config.storage(), () -> halt.reached(HaltPoint.END_SENT));
        Gateway gateway = new Gateway(config, store, halt);
        StopSignals.onFirst(() -> stop(gateway, store));
    }

    private static GatewayConfig configuration(CommandLine line) {
        Map<String, String> settings = line.settings();
        try {
            return GatewayConfig.from(settings);
        } catch (ConfigurationException e) {
            throw line.files().isEmpty()
                    ? e
                    : new ConfigurationException(String.valueOf(e.getMessage()), "(in " + line.sources() + ")", e);
        }
    }

    private static GatewayConfig fitted(GatewayConfig wanted) {
        GatewayConfig config = wanted.fittedTo(Runtime.getRuntime().maxMemory());
        if (!config.equals(wanted)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "limits lowered to the heap max-open-uploads="
                            + config.upload().maxOpenUploads() + " part-buffers="
                            + config.storage().partBuffers());
        }
        return config;
    }

    private static void stop(Gateway gateway, S3ObjectStore store) {
        try (store;
                gateway) {
            gateway.drain();
        } catch (InterruptedException e) {
            LOG.log(System.Logger.Level.WARNING, "drain interrupted", e);
            Thread.currentThread().interrupt();
        } finally {
            System.exit(0);
        }
    }

    private static HaltPoints haltPoints(CommandLine line, GatewayConfig config) {
        if (!line.haltAt().isEmpty() && !config.loopbackOnly()) {
            throw new ConfigurationException("--halt-at", "is for tests: every listener must be on loopback");
        }
        return new HaltPoints(line.haltAt());
    }

    private static String help() {
        return """
                gateway: relays uploads into the object store and keeps nothing

                  java -jar gateway.jar [--config FILE]... [--halt-at NAME:N[:freeze]]... [key=value]...

                  --config FILE   YAML; arguments win over files, earlier files over later ones
                  --halt-at ...   for tests, on loopback only: die (or freeze) at a named moment
                  --help, --version

                Keys and defaults (spans are ISO 8601, sizes are bytes):
                """ + Key.help() + """

                What each key means: docs/configuration.md
                """;
    }

    private static String version() {
        return "gateway "
                + Optional.ofNullable(GatewayMain.class.getPackage().getImplementationVersion())
                        .orElse("development");
    }
}
