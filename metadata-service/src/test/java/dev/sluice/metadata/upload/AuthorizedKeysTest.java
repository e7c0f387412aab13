package dev.sluice.metadata.upload;

import static dev.sluice.metadata.authorize.AskedApplication.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.authorize.Application;
import dev.sluice.metadata.authorize.AskedApplication;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.upload.IntentAnswer.Receive;
import dev.sluice.metadata.upload.IntentAnswer.Replay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose an Idempotency-Key is where the application has a say. */
@Timeout(60)
class AuthorizedKeysTest {
    private static final String KEY = "order-4711";
    private static final Credentials SESSION = new Credentials(Optional.empty(), Optional.of("session=topsecret"));
    private static final Credentials OTHER_SESSION = new Credentials(Optional.empty(), Optional.of("session=other"));

    @TempDir
    Path folder;

    private Protocol protocol;
    private AskedApplication asked;
    private Application application;
    private Intents intents;

    @BeforeEach
    void start() throws IOException {
        protocol = new Protocol(folder);
        asked = new AskedApplication();
        application = asked.application();
        Gate gate = new Gate(protocol.access, Protocol.POLICY, Optional.of(application));
        intents = new Intents(protocol.tables, gate, Protocol.POLICY, Protocol.TIMES);
    }

    @AfterEach
    void stop() {
        application.close();
        asked.close();
        protocol.close();
    }

    @Test
    void oneOwnersKeyIsNotAnothers() {
        asked.answer(status(200, "{\"owner\":\"a\"}"), status(200, "{\"owner\":\"b\"}"));
        decide(SESSION);

        assertThat(decide(SESSION)).isInstanceOf(Receive.class);
    }

    /** Else the second would hear the first one's receipt for a file that nobody stored. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"user\":\"%s\"}", "{\"owner\":\"shop\",\"user\":\"%s\"}"})
    void oneUsersKeyIsNotAnothersOfTheSameOwner(String terms) {
        asked.answer(
                status(200, terms.formatted("maria")),
                status(200, terms.formatted("paul")),
                status(200, terms.formatted("maria")));
        storeWithTheKey();

        assertThat(decide(SESSION)).isInstanceOf(Receive.class);
        assertThat(decide(OTHER_SESSION)).as("after a new login").isInstanceOf(Replay.class);
    }

    @Test
    void whereNobodyNamesAUserOneSessionsKeyIsNotAnothers() {
        storeWithTheKey();

        assertThat(decide(OTHER_SESSION)).isInstanceOf(Receive.class);
        assertThat(decide(SESSION)).isInstanceOf(Replay.class);
        assertThat(aliases()).hasSize(2).noneMatch(alias -> alias.contains("topsecret"));
    }

    /** As it was before users were told apart: what is stored under such a key is still met by it. */
    @Test
    void whoIsTheOwnerHimselfHasOneSpaceInAllSessions() {
        asked.answer(status(200, "{\"owner\":\"shop\"}"), status(204, ""));
        Credentials ours = new Credentials(Optional.of(protocol.key), Optional.of("session=1"));

        decide(SESSION);
        decide(ours);

        assertThat(aliases()).containsExactlyInAnyOrder("k:shop\norder-4711", "k:default\norder-4711");
    }

    private void storeWithTheKey() {
        assertThat(decide(SESSION))
                .isInstanceOfSatisfying(Receive.class, receive -> protocol.stored(receive.uploadId(), 1));
    }

    private IntentAnswer decide(Credentials credentials) {
        Intent intent = new Intent(
                Protocol.GATEWAY,
                Protocol.BOOT,
                credentials,
                "203.0.113.7",
                Optional.empty(),
                Protocol.declared("photo.jpg", Protocol.LENGTH),
                false,
                Optional.of(KEY));
        return intents.decide(protocol.request(), intent);
    }

    private List<String> aliases() {
        return protocol.database.read(
                tx -> tx.list("select alias from upload_aliases where alias like 'k:%'", row -> row.text("alias")));
    }
}
