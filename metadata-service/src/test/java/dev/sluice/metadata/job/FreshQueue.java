package dev.sluice.metadata.job;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of which each has a queue of its own. */
abstract class FreshQueue {
    @TempDir
    Path folder;

    JobFixture queue;

    @BeforeEach
    void openQueue() {
        queue = new JobFixture(folder);
    }

    @AfterEach
    void closeQueue() {
        queue.close();
    }
}
