package dev.sluice.benchmark;

import dev.sluice.it.stack.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The objects of measured systems: where they lie, and how they go. */
final class Objects {
    private Objects() {}

    /** The folder that {@code benchmarks/run} makes and removes: in memory, where there is room, so that no disk is in the figures. */
    static Path folder() throws IOException {
        Path given = Path.of(System.getProperty("sluice.objects", "target/objects"));
        return Files.createDirectories(given).toAbsolutePath();
    }

    static void removeAll(Stack stack) {
        stack.bucket().listed(stack.keyPrefix()).forEach(stack.bucket()::remove);
    }
}
