package dev.sluice.it.stack;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the packaged parts lie and how their JVMs are started: with a shared class archive, and for tests small and quick. */
final class Programs {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path CDS = Path.of("target", "cds").toAbsolutePath();

    private Programs() {}

    /** Whether this machine has it. */
    static boolean has(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static Path root() {
        return ROOT;
    }

    /** The start of a part's command line, up to its jar. */
    static List<String> part(String module, int heapMb, Running running) {
        List<String> command = jvm(module, heapMb, running);
        command.addAll(List.of("-jar", jar(module).toString()));
        return command;
    }

    /** The same for the gateway, or for what is started instead of it. */
    static List<String> gateway(int heapMb, Running running) {
        if (running.gatewayProgram().isEmpty()) {
            return part("gateway", heapMb, running);
        }
        List<String> command = jvm("gateway-other", heapMb, running);
        command.addAll(running.gatewayProgram());
        return command;
    }

    static List<String> embeddedStore(Path properties, Running running) {
        File[] jars =
                ROOT.resolve("embedded-store/target/lib").toFile().listFiles((folder, name) -> name.endsWith(".jar"));
        if (jars == null || jars.length == 0) {
            throw new IllegalStateException("the embedded store is not built: mvn -pl embedded-store package");
        }
        List<String> command = jvm("embedded-store", running.heap(128, 256), running);
        command.add("-Dlogback.configurationFile=" + ROOT.resolve("embedded-store/logback.xml"));
        command.add("-cp");
        command.add(String.join(
                File.pathSeparator,
                List.of(jars).stream().map(File::toString).sorted().toList()));
        command.add("org.gaul.s3proxy.Main");
        command.add("--properties");
        command.add(properties.toString());
        return command;
    }

    /** Whether the next orderly end of this part would write the archive that makes later starts quick. */
    static boolean wantsArchive(String module) {
        File archive = archive(module).toFile();
        Path jar = jar(module);
        return !archive.exists() || archive.lastModified() < jar.toFile().lastModified();
    }

    private static List<String> jvm(String module, int heapMb, Running running) {
        try {
            Files.createDirectories(CDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMb + "m",
                "-XX:+UseSerialGC",
                "-XX:+AutoCreateSharedArchive"));
        command.addAll(running.measured() ? asRun(module) : quick(module));
        return command;
    }

    private static List<String> quick(String module) {
        return List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:SharedArchiveFile=" + archive(module),
                "-Xlog:disable");
    }

    private static List<String> asRun(String module) {
        return List.of(
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:ErrorFile=" + CDS.resolve("hs_err_%p.log"),
                "-XX:SharedArchiveFile=" + archive(module + "-as-run"),
                "-Xlog:cds=off",
                "-Xlog:aot=off",
                "--enable-native-access=ALL-UNNAMED",
                "-Djdk.virtualThreadScheduler.parallelism=8");
    }

    static Path jar(String module) {
        return ROOT.resolve(module).resolve("target").resolve(module + ".jar");
    }

    private static Path archive(String module) {
        return CDS.resolve(module + ".jsa");
    }
}
