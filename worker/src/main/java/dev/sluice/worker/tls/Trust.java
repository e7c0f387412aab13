package dev.sluice.worker.tls;

import java.io.IOException;
import java.io.InputStream;
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
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The authorities of a PEM file as the only ones to be trusted. Thread-safe. */
public final class Trust {
    private final X509TrustManager manager;
    private final SSLSocketFactory sockets;

    /** @throws IllegalArgumentException saying what is wrong with the file */
    public Trust(Path caFile) {
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
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities);
            manager = Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            sockets = context.getSocketFactory();
        } catch (IOException e) {
            throw new IllegalArgumentException(caFile + " cannot be read", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(caFile + " is not PEM with certificates", e);
        }
    }

    /** Sockets that do not look at the name of the host: whoever uses them does. */
    public SSLSocketFactory sockets() {
        return sockets;
    }

    public X509TrustManager manager() {
        return manager;
    }
}
