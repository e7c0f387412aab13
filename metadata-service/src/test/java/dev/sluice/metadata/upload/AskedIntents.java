package dev.sluice.metadata.upload;

import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.authorize.Application;
import dev.sluice.metadata.authorize.AskedApplication;
import dev.sluice.metadata.authorize.Question.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Intents about which an application is asked that does as it is told, and clients with credentials of its own. */
@Timeout(60)
abstract class AskedIntents {
    static final Credentials SESSION = new Credentials(Optional.empty(), Optional.of("session=topsecret"));
    static final Optional<String> KEY = Optional.of("order-4711");
    private static final UploadPolicy POLICY = new UploadPolicy("uploads", Set.of("pictures"), "u/", 1000);

    @TempDir
    Path folder;

    Protocol protocol;
    AskedApplication asked;
    private Application application;
    private Intents intents;

    @BeforeEach
    void start() throws IOException {
        protocol = new Protocol(folder);
        asked = new AskedApplication();
        application = asked.application();
        Gate gate = new Gate(protocol.access, POLICY, Optional.of(application));
        intents = new Intents(protocol.tables, gate, POLICY, Protocol.TIMES);
    }

    @AfterEach
    void stop() {
        application.close();
        asked.close();
        protocol.close();
    }

    /** Of a request that nobody has made before. */
    IntentAnswer decide(Credentials credentials, Optional<String> key, long length) {
        return decide(protocol.request(), credentials, key, length);
    }

    IntentAnswer decide(String request, Credentials credentials, Optional<String> key, long length) {
        Intent intent = new Intent(
                Protocol.GATEWAY,
                Protocol.BOOT,
                credentials,
                "203.0.113.7",
                Optional.of("c0ffee"),
                Protocol.declared("photo.jpg", length),
                false,
                key);
        return intents.decide(request, intent);
    }
}
