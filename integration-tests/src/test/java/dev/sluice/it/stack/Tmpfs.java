package dev.sluice.it.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small file system in memory, to be filled up; only root can have one. */
public final class Tmpfs implements AutoCloseable {
    private final Path folder;

    private Tmpfs(Path folder) {
        this.folder = folder;
    }

    public static boolean possible() throws IOException {
        Path probe = Files.createTempDirectory("sluice-tmpfs");
        boolean mounted = run(List.of("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.toString())) == 0
                && run(List.of("umount", probe.toString())) == 0;
        Files.delete(probe);
        return mounted;
    }

    public static Tmpfs mounted(Path folder, int megabytes) throws IOException {
        Files.createDirectories(folder);
        if (run(List.of("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString())) != 0) {
            throw new IOException("cannot mount " + folder);
        }
        return new Tmpfs(folder);
    }

    public void resize(int megabytes) throws IOException {
        if (run(List.of("mount", "-o", "remount,size=" + megabytes + "m", folder.toString())) != 0) {
            throw new IOException("cannot resize " + folder);
        }
    }

    @Override
    public void close() throws IOException {
        run(List.of("umount", "-l", folder.toString()));
    }

    private static int run(List<String> command) throws IOException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
