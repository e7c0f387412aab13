package dev.sluice.it.stack;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the packaged parts lie and how their JVMs are started: small, and quick with a shared class archive. */
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
    static List<String> part(String module, int heapMb) {
        List<String> command = jvm(module, heapMb);
        command.add("-jar");
        command.add(jar(module).toString());
        return command;
    }

    static List<String> embeddedStore(Path properties) {
        File[] jars =
                ROOT.resolve("embedded-store/target/lib").toFile().listFiles((folder, name) -> name.endsWith(".jar"));
        if (jars == null || jars.length == 0) {
            throw new IllegalStateException("the embedded store is not built: mvn -pl embedded-store package");
        }
        List<String> command = jvm("embedded-store", 128);
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

    private static List<String> jvm(String module, int heapMb) {
        try {
            Files.createDirectories(CDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMb + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + archive(module),
                "-Xlog:disable"));
    }

    private static Path jar(String module) {
        return ROOT.resolve(module).resolve("target").resolve(module + ".jar");
    }

    private static Path archive(String module) {
        return CDS.resolve(module + ".jsa");
    }
}
