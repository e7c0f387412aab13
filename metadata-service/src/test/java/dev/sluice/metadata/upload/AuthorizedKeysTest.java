package dev.sluice.metadata.upload;

import static dev.sluice.metadata.authorize.AskedApplication.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Protocol;
import dev.sluice.metadata.authorize.Question.Credentials;
import dev.sluice.metadata.upload.IntentAnswer.Receive;
import dev.sluice.metadata.upload.IntentAnswer.Replay;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose an Idempotency-Key is where the application has a say. */
class AuthorizedKeysTest extends AskedIntents {
    private static final Credentials OTHER_SESSION = new Credentials(Optional.empty(), Optional.of("session=other"));

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
        return decide(credentials, KEY, Protocol.LENGTH);
    }

    private List<String> aliases() {
        return protocol.database.read(
                tx -> tx.list("select alias from upload_aliases where alias like 'k:%'", row -> row.text("alias")));
    }
}
