package dev.sluice.metadata;

import dev.sluice.metadata.upload.UploadState;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of which each has a protocol of its own. */
public abstract class FreshProtocol {
    @TempDir
    protected Path folder;

    protected Protocol protocol;

    @BeforeEach
    void openProtocol() throws IOException {
        protocol = new Protocol(folder);
    }

    @AfterEach
    void closeProtocol() {
        protocol.close();
    }

    protected final UploadState state(String id) {
        return protocol.upload(id).state();
    }
}
