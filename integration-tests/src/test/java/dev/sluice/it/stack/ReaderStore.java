package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A second S3Proxy over the objects of a system with the embedded store; the only identity that it knows is the reader's. */
public final class ReaderStore implements AutoCloseable {
    private static final String SECRET = "secret-of-the-reader";

    private final Path folder = Path.of(
                    "target",
                    "stacks",
                    "reader-store-" + ProcessHandle.current().pid())
            .toAbsolutePath();
    private final Path properties = folder.resolve("s3proxy.properties");
    private final StoreAccess access;
    private final Part part;

    public ReaderStore() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path secret = folder.resolve("reader.secret");
        Secrets.write(secret, SECRET);
        URI url = URI.create("http://127.0.0.1:" + Ports.free());
        access = new StoreAccess(url, "reader", secret, "uploads", "size", Optional.empty());
        part = new Part(
                "reader-store",
                Programs.embeddedStore(properties, Running.QUICK),
                folder.resolve("store.log"),
                () -> Http.status(url + "/") > 0);
    }

    /** What makes a gateway sign with the reader's identity; clients reach this store at the URL. */
    public String[] gateway(String publicUrl) {
        return new String[] {
            "storage.public-url=" + publicUrl,
            "storage.reader-access-key=" + access.accessKey(),
            "storage.reader-secret-key-file=" + access.secretKeyFile()
        };
    }

    /** Serves what the system has stored. */
    public void start(Stack stack) {
        Secrets.write(
                properties,
                StoreService.properties(access, SECRET, stack.folder().resolve("store")));
        part.start();
    }

    public Socket connect() throws IOException {
        return access.connect();
    }

    @Override
    public void close() {
        part.close();
    }
}
