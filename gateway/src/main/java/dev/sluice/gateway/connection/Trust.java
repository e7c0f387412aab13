package dev.sluice.gateway.connection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates the store may show, and the TLS connections that rest on it: they resume each other's sessions. Thread-safe. */
public final class Trust implements Security {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final X509TrustManager manager;
    private final SSLSocketFactory sockets;

    private Trust(@Nullable KeyStore authorities) throws IOException, GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        manager = Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow();
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {manager}, null);
        sockets = context.getSocketFactory();
    }

    /** Whoever the JVM trusts. */
    public static Trust ofJvm() {
        try {
            return new Trust(null);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    /**
     * Nobody but the authorities in this PEM file.
     *
     * @throws IllegalArgumentException saying what is wrong with the file
     */
    public static Trust in(Path caFile) {
        try (InputStream pem = Files.newInputStream(caFile)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (certificates.isEmpty()) {
                throw new CertificateException("no certificate");
            }
            KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
            authorities.load(null, null);
            for (Certificate certificate : certificates) {
                authorities.setCertificateEntry("ca-" + authorities.size(), certificate);
            }
            return new Trust(authorities);
        } catch (IOException e) {
            throw new IllegalArgumentException("storage.ca-file names a file that cannot be read", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("storage.ca-file names a file that is not PEM with certificates", e);
        }
    }

    /** Shakes hands; the certificate must name the host. */
    @Override
    public Transport over(SocketChannel channel, String host, int port) throws IOException {
        SSLSocket socket = (SSLSocket) sockets.createSocket(channel.socket(), host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return new TlsTransport(socket);
    }

    /** For the storage client, which verifies the host's name itself. */
    public SSLSocketFactory sockets() {
        return sockets;
    }

    public X509TrustManager manager() {
        return manager;
    }

    /** True for a failure that no repetition mends: the certificate is not what it should be. */
    public static boolean broken(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return false;
    }
}
