package dev.sluice.metadata.db;

import dev.sluice.metadata.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Keeps a second process away from our database. The kernel lets go of it however this process ends; the file stays. */
final class DataLock implements AutoCloseable {
    private static final int LINE = 20;

    private final FileChannel channel;

    private DataLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Throws when another process holds it, and names that. */
    static DataLock take(Path database) {
        Path file = database.resolveSibling(database.getFileName() + ".lock");
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                String holder = holder(channel);
                channel.close();
                throw new ConfigurationException("another metadata service (process " + holder + ") uses "
                        + database.toAbsolutePath().getParent());
            }
            channel.write(line(ProcessHandle.current().pid()), 0);
            return new DataLock(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + file, e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held within this process
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(LINE);
        channel.read(line, 0);
        return StandardCharsets.US_ASCII.decode(line.flip()).toString().strip();
    }

    /** Always as long, so that a later one fits in place even when the disk is full. */
    private static ByteBuffer line(long pid) {
        String padded = String.format(Locale.ROOT, "%-" + (LINE - 1) + "d\n", pid);
        return ByteBuffer.wrap(padded.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
