package dev.sluice.gateway.s3;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The server's side of TLS: lays it over accepted connections and remembers what clients asked for. Thread-safe. */
final class TlsServer implements ScriptedStore.Wrapping {
    private final SSLContext context;
    private final String[] protocols;
    private final List<Long> sessions = new CopyOnWriteArrayList<>();
    private final List<String> names = new CopyOnWriteArrayList<>();

    TlsServer(Authority.Server server, String... protocols) {
        this.protocols = protocols;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(server.keys(), null, null);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Socket over(Socket accepted) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(accepted, null, false);
        socket.setUseClientMode(false);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
        sessions.add(session.getCreationTime());
        session.getRequestedServerNames()
                .forEach(name -> names.add(name.toString().replaceAll(".*value=", "")));
        return socket;
    }

    /** When the session of each connection began: a connection that resumes one has the time of its first. */
    List<Long> sessions() {
        return List.copyOf(sessions);
    }

    /** The hosts that clients named (SNI). */
    List<String> names() {
        return List.copyOf(names);
    }
}
