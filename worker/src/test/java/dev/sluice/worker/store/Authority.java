package dev.sluice.worker.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A certificate authority in a folder of its own, made with keytool, and servers that it vouches for. Thread-safe. */
final class Authority {
    static final String PASSWORD = "changeit";
    /** Whom tests trust unless they say otherwise. */
    static final Authority OURS = new Authority();

    private static final String CA = "ca";

    private final Path folder;
    private final Path keyStore;
    private Optional<Server> good = Optional.empty();

    /** A server's key and certificate. */
    record Server(Path keyStore) {}

    Authority() {
        try {
            folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "ca-");
            keyStore = folder.resolve("ca.p12");
            keytool(keyStore, "-alias", CA, "-dname", "CN=" + folder.getFileName(), "-ext", "bc:c");
            byte[] certificate = load(keyStore).getCertificate(CA).getEncoded();
            Files.writeString(
                    pem(),
                    "-----BEGIN CERTIFICATE-----\n"
                            + Base64.getMimeEncoder().encodeToString(certificate)
                            + "\n-----END CERTIFICATE-----\n");
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What clients trust. */
    Path pem() {
        return folder.resolve("ca.pem");
    }

    /** A good one: for this machine's address and {@code store.sluice.test}, with all buckets as hosts below it. */
    synchronized Server server() {
        if (good.isEmpty()) {
            good = Optional.of(server("ip:127.0.0.1,dns:store.sluice.test,dns:*.store.sluice.test"));
        }
        return good.get();
    }

    /** {@code names} as in {@code ip:127.0.0.1,dns:*.example}. */
    Server server(String names) {
        try {
            Path file = Files.createTempDirectory(folder, "server-").resolve("keys.p12");
            Files.copy(keyStore, file);
            List<String> words = new ArrayList<>(List.of("-signer", CA, "-alias", "server"));
            words.addAll(List.of("-dname", "CN=server", "-ext", "san=" + names));
            keytool(file, words.toArray(String[]::new));
            KeyStore keys = load(file);
            keys.deleteEntry(CA);
            try (OutputStream out = Files.newOutputStream(file)) {
                keys.store(out, PASSWORD.toCharArray());
            }
            return new Server(file);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return keys;
        }
    }

    private static void keytool(Path keyStore, String... words) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1"));
        line.addAll(List.of("-keystore", keyStore.toString(), "-storepass", PASSWORD));
        line.addAll(List.of(words));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", line) + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
