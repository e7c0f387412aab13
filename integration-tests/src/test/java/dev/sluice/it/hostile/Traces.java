package dev.sluice.it.hostile;

import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What requests leave behind in a system besides rows and objects: lines in logs, open files, places taken. */
public record Traces(Stack stack) {
    /** A line of a log. */
    public record Line(String log, String text) {}

    /** Every line of every log of every part. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (String folder : List.of("logs", "nginx/logs")) {
            try (Stream<Path> files = Files.walk(stack.folder().resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                            .lines()
                            .forEach(line -> lines.add(new Line(String.valueOf(file.getFileName()), line)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return lines;
    }

    /** Everything that a file of secrets or keys holds, without its prefix. */
    public List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        for (String folder : List.of("secrets", "keys")) {
            try (Stream<Path> files = Files.list(stack.folder().resolve(folder))) {
                for (Path file : files.toList()) {
                    String secret = Files.readString(file).strip();
                    secrets.add(secret.substring(secret.indexOf('_') + 1));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return secrets;
    }

    /** How many files each of our processes has open; of nginx its workers. */
    public Map<String, Long> openFiles() {
        Map<String, Long> open = new TreeMap<>();
        for (Part part : List.of(stack.gateway(), stack.metadata(), stack.worker())) {
            open.put(part.name(), openFiles(part.pid()));
        }
        open.put(
                "nginx",
                ProcessHandle.of(stack.nginx().pid()).stream()
                        .flatMap(ProcessHandle::children)
                        .mapToLong(child -> openFiles(child.pid()))
                        .sum());
        return open;
    }

    /** How many files a process has open. */
    public static long openFiles(long pid) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
