package dev.sluice.it.stack;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The S3 service of a system: the embedded S3Proxy, a MinIO program ({@code sluice.store.program}) started for each system, or one
 * that runs already ({@code sluice.store.url}) and that no test may stop.
 */
final class StoreService {
    private static final String SECRET = "store-secret";

    private final StoreAccess access;
    private final Optional<Part> part;

    private StoreService(StoreAccess access, Optional<Part> part) {
        this.access = access;
        this.part = part;
    }

    static StoreService in(Path folder, Running running) {
        String url = System.getProperty("sluice.store.url", "");
        if (!url.isEmpty()) {
            StoreAccess access = new StoreAccess(
                    URI.create(url),
                    System.getProperty("sluice.store.access-key", ""),
                    Path.of(System.getProperty("sluice.store.secret-key-file", "")),
                    System.getProperty("sluice.store.bucket", "uploads"),
                    System.getProperty("sluice.store.integrity", "crc32c-trailer"),
                    Optional.ofNullable(System.getProperty("sluice.store.ca-file"))
                            .map(Path::of));
            return new StoreService(access, Optional.empty());
        }
        String program = System.getProperty("sluice.store.program", "");
        return program.isEmpty() ? embedded(folder, running) : minio(program, folder, running);
    }

    static String name() {
        String url = System.getProperty("sluice.store.url", "");
        if (!url.isEmpty()) {
            return "an existing one at " + url;
        }
        String program = System.getProperty("sluice.store.program", "");
        return program.isEmpty() ? "the embedded S3Proxy" : program + ", one for each system";
    }

    StoreAccess access() {
        return access;
    }

    /** The process, where this run owns it. */
    Optional<Part> part() {
        return part;
    }

    static StoreService embedded(Path folder, Running running) {
        int port = Ports.free();
        StoreAccess access = access(folder, port, "size");
        return embedded(
                folder,
                access,
                properties(access, SECRET, running.objects(folder)),
                running,
                () -> Http.status(access.url() + "/") > 0);
    }

    /** The embedded S3Proxy behind TLS, with a certificate that vouches for itself. */
    static StoreService overTls(Path folder, Running running) {
        StoreAccess plain = access(folder, Ports.free(), "size");
        SelfSigned certificate = SelfSigned.in(folder.resolve("secrets"));
        StoreAccess access = plain.overTls(certificate.pem());
        String properties = properties(plain, SECRET, running.objects(folder))
                .replace("s3proxy.endpoint=http:", "s3proxy.secure-endpoint=https:")
                .concat("s3proxy.keystore-path=" + certificate.keyStore() + "\ns3proxy.keystore-password="
                        + SelfSigned.PASSWORD + "\n");
        return embedded(
                folder,
                access,
                properties,
                running,
                () -> Ports.open(access.url().getPort()));
    }

    private static StoreService embedded(
            Path folder, StoreAccess access, String properties, Running running, BooleanSupplier ready) {
        Path file = folder.resolve("s3proxy.properties");
        Secrets.write(file, properties);
        running.objects(folder).toFile().mkdirs();
        Part part = new Part("store", Programs.embeddedStore(file, running), folder.resolve("logs/store.log"), ready);
        return new StoreService(access, Optional.of(part));
    }

    /** The settings of an S3Proxy that knows this identity alone. */
    static String properties(StoreAccess plain, String secret, Path objects) {
        return Template.rendered(
                Programs.root().resolve("embedded-store/s3proxy.properties.template"),
                Map.of(
                        "LISTEN",
                        plain.url().getAuthority(),
                        "ACCESS_KEY",
                        plain.accessKey(),
                        "SECRET_KEY",
                        secret,
                        "OBJECTS",
                        objects.toString()));
    }

    private static StoreService minio(String program, Path folder, Running running) {
        int port = Ports.free();
        StoreAccess access = access(folder, port, "crc32c-trailer");
        Part part = new Part(
                "store",
                List.of(
                        "env",
                        "MINIO_ROOT_USER=" + access.accessKey(),
                        "MINIO_ROOT_PASSWORD=" + SECRET,
                        program,
                        "server",
                        running.objects(folder).toString(),
                        "--address",
                        "127.0.0.1:" + port),
                folder.resolve("logs/store.log"),
                () -> Http.status("http://127.0.0.1:" + port + "/minio/health/cluster") == 200);
        return new StoreService(access, Optional.of(part));
    }

    private static StoreAccess access(Path folder, int port, String integrity) {
        Path secret = folder.resolve("secrets/store.secret");
        Secrets.write(secret, SECRET);
        return new StoreAccess(
                URI.create("http://127.0.0.1:" + port), "store-key", secret, "uploads", integrity, Optional.empty());
    }
}
