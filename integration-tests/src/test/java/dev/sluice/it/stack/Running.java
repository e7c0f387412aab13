package dev.sluice.it.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the processes of a system are run: for tests in small heaps, quick to start and with short times, or for measurements as {@code
 * ./run} does, with the times that are configured by default.
 *
 * @param gatewayProgram what is started instead of the gateway's jar; empty for the gateway itself
 * @param objects where a store of this system keeps its objects, instead of the system's own folder
 */
record Running(boolean measured, List<String> gatewayProgram, Optional<Path> objects) {
    static final Running QUICK = new Running(false, List.of(), Optional.empty());

    /** Heap of one part in megabytes: as a test wants it, or as {@code ./run} has it. */
    int heap(int quick, int asRun) {
        return measured ? asRun : quick;
    }

    /** Times of tests, none for measurements. */
    List<String> times(List<String> quick) {
        return measured ? List.of() : quick;
    }

    Path objects(Path folder) {
        return objects.orElse(folder).resolve("store");
    }
}
