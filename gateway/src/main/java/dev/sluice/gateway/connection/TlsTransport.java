package dev.sluice.gateway.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLSocket;

/**
 * TLS on a connected channel, by a socket of the JDK that is layered over it (docs/adr/0010-tls-to-the-store.md). Every record is in the
 * kernel when a write returns. Nobody ever closes it: whoever closes the channel cuts it off, and a cut body has no end that looks sent.
 */
final class TlsTransport implements Transport {
    private final InputStream in;
    private final OutputStream out;

    /** Shakes hands, which may wait for the other side. */
    TlsTransport(SSLSocket socket) throws IOException {
        socket.startHandshake();
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
        if (count > 0) {
            target.position(target.position() + count);
        }
        return count;
    }

    @Override
    public void write(ByteBuffer[] buffers) throws IOException {
        for (ByteBuffer buffer : buffers) {
            out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
            buffer.position(buffer.limit());
        }
    }
}
