package dev.sluice.it.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;

/** How to reach an S3 service as the parts are told; the secret lies in a file, and so do the authorities that its https rests on. */
public record StoreAccess(
        URI url, String accessKey, Path secretKeyFile, String bucket, String integrity, Optional<Path> caFile) {

    /** Another bucket of the same store. */
    StoreAccess bucket(String name) {
        return new StoreAccess(url, accessKey, secretKeyFile, name, integrity, caFile);
    }

    /** The same through a proxy of tests, which reads what passes it: without TLS, which begins behind it. */
    StoreAccess throughProxy(int port) {
        return new StoreAccess(
                URI.create("http://127.0.0.1:" + port), accessKey, secretKeyFile, bucket, integrity, Optional.empty());
    }

    StoreAccess overTls(Path authorities) {
        return new StoreAccess(
                URI.create("https://" + url.getAuthority()),
                accessKey,
                secretKeyFile,
                bucket,
                integrity,
                Optional.of(authorities));
    }

    /** A connection to the store, which is on this machine. */
    Socket connect() throws IOException {
        Socket socket = caFile.isPresent() ? new Trust(caFile.get()).sockets().createSocket() : new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()), 2000);
        return socket;
    }

    /** One that knows the authorities; the one that the SDK makes for itself reads all certificates of the machine, a byte at a time. */
    OkHttpClient http() {
        OkHttpClient.Builder builder = new OkHttpClient.Builder();
        caFile.map(Trust::new).ifPresent(trust -> builder.sslSocketFactory(trust.sockets(), trust.manager()));
        return builder.build();
    }

    /** As {@code ./run} takes it, with a bucket of its own. */
    public List<String> options(String ownBucket) {
        List<String> options = List.of(
                "--store-url",
                url.toString(),
                "--store-access-key",
                accessKey,
                "--store-secret-key-file",
                secretKeyFile.toString(),
                "--store-bucket",
                ownBucket,
                "--store-integrity",
                integrity);
        return Stream.concat(
                        options.stream(),
                        caFile.stream().flatMap(file -> Stream.of("--store-ca-file", file.toString())))
                .toList();
    }
}
