package dev.sluice.worker.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The files of one run, gone when it is closed: the command's own folder, its input, and what {@code time} measured. */
public final class WorkFolder implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WorkFolder.class.getName());
    private static final int REMOVE_TRIES = 5;

    private final Path root;

    private WorkFolder(Path root) {
        this.root = root;
    }

    static WorkFolder create(Path state) throws IOException {
        Path runs = Files.createDirectories(state.resolve("runs"));
        WorkFolder folder = new WorkFolder(Files.createTempDirectory(runs, "run-")); // mode 0700
        Files.createDirectory(folder.work());
        return folder;
    }

    /** Removes what an earlier life left. */
    public static void removeLeftovers(Path state) {
        new WorkFolder(state.resolve("runs")).close();
    }

    Path work() {
        return root.resolve("work");
    }

    Path input() {
        return root.resolve("input.json");
    }

    Path usage() {
        return root.resolve("usage");
    }

    void writeInput(String json) throws IOException {
        Files.writeString(input(), json + "\n");
    }

    @Override
    public void close() {
        for (int tries = 1; tries <= REMOVE_TRIES; tries++) {
            try {
                remove();
                return;
            } catch (NoSuchFileException e) {
                return;
            } catch (IOException e) {
                // a killed process may still have been writing
                if (tries == REMOVE_TRIES) {
                    LOG.log(Level.WARNING, "work folder not removed folder=" + root, e);
                }
            }
        }
    }

    private void remove() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
