package dev.sluice.it.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The files that parts of one system share as secrets, made anew for every system. */
final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path folder;

    Secrets(Path folder) {
        this.folder = folder;
        token("gateway.token", "st_");
        token("worker.token", "st_");
        token("minio.token", "smt_");
        token("minio-next.token", "smt_");
        write(folder.resolve("signing.secret"), "whsec_" + random(Base64.getEncoder()));
        write(folder.resolve("callback.secret"), "whsec_" + random(Base64.getEncoder()));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    String read(String name) {
        try {
            return Files.readString(file(name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a bearer token with its prefix. */
    void token(String name, String prefix) {
        write(folder.resolve(name), prefix + random(Base64.getUrlEncoder().withoutPadding()));
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String random(Base64.Encoder encoder) {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return encoder.encodeToString(bytes);
    }
}
