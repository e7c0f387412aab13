package dev.sluice.gateway;

import dev.sluice.gateway.storage.Crc32c;
import dev.sluice.gateway.storage.NewObject;
import dev.sluice.gateway.storage.ObjectStore;
import dev.sluice.gateway.storage.PendingObject;
import dev.sluice.gateway.storage.StorageException;
import dev.sluice.gateway.storage.StoredObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** The plain copy: bytes go to a process that discards them, over a bare socket, with no request, checksum, framing, watch or answer. */
final class SinkObjectStore implements ObjectStore {
    private final int port;

    SinkObjectStore(int port) {
        this.port = port;
    }

    @Override
    public PendingObject begin(NewObject object) {
        try {
            return new Copy(object, SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    @Override
    public boolean reachable() {
        return true;
    }

    @Override
    public int freePartBuffers() {
        return 0;
    }

    private static StorageException broken(IOException e) {
        return new StorageException(StorageException.Kind.UNAVAILABLE, "the sink is gone", e);
    }

    private record Copy(NewObject object, SocketChannel channel) implements PendingObject {
        @Override
        public void write(byte[] buffer, int offset, int length) {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, length);
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                throw broken(e);
            }
        }

        @Override
        public StoredObject commit(byte[] buffer, int offset, int length) {
            write(buffer, offset, length);
            try {
                channel.shutdownOutput();
                while (channel.read(ByteBuffer.allocate(1)) >= 0) {
                    // the end comes when the sink has read all of it
                }
            } catch (IOException e) {
                throw broken(e);
            }
            return new StoredObject(
                    object.key(), object.length().orElseThrow(), Crc32c.OF_NOTHING, "none", Optional.empty());
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw broken(e);
            }
        }
    }
}
