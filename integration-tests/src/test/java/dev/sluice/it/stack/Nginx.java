package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The real nginx with the project's own configuration text, rendered into a folder of its own. */
final class Nginx {
    private static final Path TEMPLATES = Programs.root().resolve("nginx");
    private static final String ENDING = ".template";

    private final Path folder;

    Nginx(Path folder) {
        this.folder = folder;
    }

    Part part(int port, Map<String, String> placeholders, Path log) {
        render(placeholders);
        return new Part(
                "nginx",
                List.of(
                        "nginx",
                        "-p",
                        folder.toString(),
                        "-c",
                        folder.resolve("nginx.conf").toString(),
                        "-e",
                        "stderr"),
                log,
                () -> Ports.open(port));
    }

    /** Files that nginx made for bodies; there must never be one. */
    List<Path> bodyFiles() {
        try (Stream<Path> files = Files.walk(folder.resolve("tmp"))) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void render(Map<String, String> placeholders) {
        try {
            Map<String, String> all = new TreeMap<>();
            Properties defaults = new Properties();
            try (var reader = Files.newBufferedReader(TEMPLATES.resolve("nginx.properties"))) {
                defaults.load(reader);
            }
            defaults.forEach((name, value) -> all.put(name.toString(), value.toString()));
            all.putAll(placeholders);
            all.put("RUN_DIR", folder.toString());
            Files.createDirectories(folder.resolve("tmp"));
            Files.createDirectories(folder.resolve("logs"));
            try (Stream<Path> files = Files.list(TEMPLATES)) {
                for (Path template :
                        files.filter(file -> file.toString().endsWith(ENDING)).toList()) {
                    String name = template.getFileName().toString();
                    Files.writeString(
                            folder.resolve(name.substring(0, name.length() - ENDING.length())),
                            Template.rendered(template, all));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
