package dev.sluice.metadata;

import dev.sluice.metadata.config.ConfigurationException;
import dev.sluice.metadata.runtime.CommandLine;
import dev.sluice.metadata.runtime.HaltPoints;
import io.helidon.common.mapper.MapperManager;
import io.helidon.logging.common.LogConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Starts the metadata service: {@code java -jar metadata-service.jar [--config FILE]… [--halt-at NAME:N[:freeze]]… [key=value]…}. */
public final class MetadataMain {
    private static final int USAGE = 2;

    private MetadataMain() {}

    public static void main(String[] args) {
        try {
            CommandLine line = CommandLine.parse(List.of(args));
            if (line.help()) {
                System.out.print(new String(resource("/help.txt"), StandardCharsets.UTF_8));
            } else if (line.version()) {
                System.out.println(version());
            } else {
                run(line);
            }
        } catch (ConfigurationException | IllegalArgumentException e) {
            System.err.println("metadata-service: " + e.getMessage());
            System.exit(USAGE);
        } catch (IOException | RuntimeException e) {
            System.err.println("metadata-service: cannot start: " + e);
            System.exit(1);
        }
    }

    private static void run(CommandLine line) throws IOException {
        MetadataConfig config = MetadataConfig.from(line);
        HaltPoints haltPoints = new HaltPoints(line.haltAt());
        LogConfig.configureRuntime();
        keepMapper();
        MetadataService service = MetadataService.start(config, haltPoints);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(service::close));
    }

    /** Otherwise Helidon makes a new one whenever it reads a header as a number: a sixth of what a message costs. */
    @SuppressWarnings("removal") // its headers ask this one, which its successor does not replace
    private static void keepMapper() {
        MapperManager.global(MapperManager.builder().useBuiltIn(true).build());
    }

    private static String version() {
        return "metadata-service "
                + Optional.ofNullable(MetadataMain.class.getPackage().getImplementationVersion())
                        .orElse("development");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = MetadataMain.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return in.readAllBytes();
        }
    }
}
