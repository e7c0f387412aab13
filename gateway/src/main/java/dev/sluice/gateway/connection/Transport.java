package dev.sluice.gateway.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** What carries bytes over one connected channel: the channel itself, or TLS on it. It has no time-outs; closing the channel ends every call. */
public interface Transport {
    /** Reads some bytes; less than one of them is the end. */
    int read(ByteBuffer target) throws IOException;

    /** Writes all of the buffers and keeps nothing back. */
    void write(ByteBuffer[] buffers) throws IOException;

    /** The channel as it is: one gathering write where the kernel takes it. */
    record Plain(SocketChannel channel) implements Transport {
        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public void write(ByteBuffer[] buffers) throws IOException {
            while (remain(buffers)) {
                channel.write(buffers);
            }
        }

        private static boolean remain(ByteBuffer[] buffers) {
            for (ByteBuffer buffer : buffers) {
                if (buffer.hasRemaining()) {
                    return true;
                }
            }
            return false;
        }
    }
}
