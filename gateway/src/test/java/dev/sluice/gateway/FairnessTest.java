package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.FakeMetadata.Kind;
import dev.sluice.gateway.FakeMetadata.Reply;
import dev.sluice.gateway.storage.InMemoryObjectStore;
import dev.sluice.gateway.storage.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ten places and five part buffers: one owner, or one address, may hold nine and four of them, an owner's clients at one address eight and
 * three, one user of theirs seven and two.
 */
@Timeout(120)
class FairnessTest {
    private static final String KNOWN = "Content-Length: 3\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String EXPECT = "Expect: 100-continue\r\n";
    private static final String REFUSED =
            "{\"decision\":\"refuse\",\"status\":409,\"code\":\"upload-in-progress\",\"detail\":\"\"}";

    private final List<RawClient> clients = new ArrayList<>();
    private RunningGateway running;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningGateway(
                folder, "gateway.max-open-uploads=10", "gateway.part-buffers=5", "gateway.heartbeat=PT0.05S");
    }

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        running.close();
    }

    @Test
    void anOwnerWithItsShareLeavesPlacesToOthers() throws Exception {
        open(9, "alice", KNOWN);

        String refused = head("alice", "10.9.9.9", KNOWN + EXPECT).answer();

        assertShareTaken(refused);
        assertThat(running.metadata.next(Kind.VERDICT).json().getString("reason"))
                .isEqualTo("gateway-full");
        assertThat(head("bob", "10.9.9.9", KNOWN).send("abc").answer()).startsWith("HTTP/1.1 201");
        assertThat(clients.getFirst().send("abc").answer()).startsWith("HTTP/1.1 201");
        assertThat(head("alice", "10.9.9.9", KNOWN).send("abc").answer()).startsWith("HTTP/1.1 201");
    }

    @ParameterizedTest
    @CsvSource({"alice, 8, alice, 10.9.9.9", "alice, 8, bob, 10.1.1.1", "alice/maria, 7, alice/paul, 10.1.1.1"})
    void aClientWithItsShareLeavesPlacesToOthersOfItsOwnerAndItsAddress(
            String client, int share, String other, String address) throws Exception {
        takeShare(client, share, KNOWN);

        assertThat(head(other, address, KNOWN).send("abc").answer()).startsWith("HTTP/1.1 201");
    }

    @ParameterizedTest
    @CsvSource({"alice, 3, alice, 10.9.9.9", "alice, 3, bob, 10.1.1.1", "alice/maria, 2, alice/paul, 10.1.1.1"})
    void aClientWithItsShareOfBuffersLeavesSomeToOthersOfItsOwnerAndItsAddress(
            String client, int share, String other, String address) throws Exception {
        takeShare(client, share, CHUNKED);

        assertThat(head(other, address, CHUNKED).send("0\r\n\r\n").answer()).startsWith("HTTP/1.1 201");
    }

    @Test
    void aUserIsOneAtAllHisAddresses() throws Exception {
        open(7, "alice/maria", KNOWN);

        assertShareTaken(head("alice/maria", "10.9.9.9", KNOWN + EXPECT).answer());

        assertThat(head("alice/paul", "10.9.9.9", KNOWN).send("abc").answer()).startsWith("HTTP/1.1 201");
    }

    @Test
    void theUsersAtOneAddressLeavePlacesToOthersOfTheirOwner() throws Exception {
        for (int i = 0; i < 8; i++) {
            clients.add(begun("alice/user-" + i, "10.1.1.1", KNOWN));
        }

        assertShareTaken(head("alice/one-more", "10.1.1.1", KNOWN + EXPECT).answer());

        assertThat(head("alice/one-more", "10.9.9.9", KNOWN).send("abc").answer())
                .startsWith("HTTP/1.1 201");
    }

    @Test
    void anAddressWithItsShareIsRefusedBeforeAnybodyIsAsked() throws Exception {
        for (int i = 0; i < 9; i++) {
            clients.add(head("owner-" + i, "2001:db8::" + i, KNOWN).send("ab"));
            running.metadata.next(Kind.INTENT);
        }

        String refused = head("stranger", "2001:db8::a", KNOWN + EXPECT).answer();

        assertShareTaken(refused);
        assertThat(running.metadata.count(Kind.INTENT)).isZero();
        assertThat(head("stranger", "2001:db8:0:1::a", KNOWN).send("abc").answer())
                .startsWith("HTTP/1.1 201");
    }

    @Test
    void anOwnerWithItsShareOfBuffersLeavesSomeToOthers() throws Exception {
        open(4, "alice", CHUNKED);

        assertShareTaken(head("alice", "10.9.9.9", CHUNKED + EXPECT).answer());

        assertThat(head("alice", "10.9.9.9", KNOWN).send("abc").answer()).startsWith("HTTP/1.1 201");
        assertThat(head("bob", "10.9.9.9", CHUNKED).send("0\r\n\r\n").answer()).startsWith("HTTP/1.1 201");
    }

    @Test
    void anAddressWithItsShareOfBuffersLeavesSomeToOthers() throws Exception {
        for (int i = 0; i < 4; i++) {
            clients.add(begun("owner-" + i, "10.1.1.1", CHUNKED));
        }

        assertShareTaken(head("bob", "10.1.1.1", CHUNKED + EXPECT).answer());

        assertThat(head("bob", "10.9.9.9", CHUNKED).send("0\r\n\r\n").answer()).startsWith("HTTP/1.1 201");
    }

    /** Far more than there are, so that a place or a buffer which one of them kept would be missed. */
    @Test
    void everyPlaceIsGivenBackHoweverItsUploadEnds() throws Exception {
        for (int i = 0; i < 12; i++) {
            assertThat(empty().answer()).startsWith("HTTP/1.1 201");
            running.metadata.answerIntents(new Reply(200, REFUSED));
            assertThat(empty().answer()).startsWith("HTTP/1.1 409");
            running.store.failAt(InMemoryObjectStore.Point.BEGIN, StorageException.Kind.UNAVAILABLE);
            assertThat(empty().answer()).startsWith("HTTP/1.1 503");
            running.store.heal();
            running.store.failAt(InMemoryObjectStore.Point.COMMIT, StorageException.Kind.OUTCOME_UNKNOWN);
            assertThat(empty().answer()).startsWith("HTTP/1.1 503");
            running.store.heal();
            begun("alice", "10.1.1.1", CHUNKED).send("2\r\nab\r\n").reset();
            awaitNothingOpen();
        }

        open(4, "alice", CHUNKED);
        open(4, "alice", KNOWN);
    }

    /** An upload is in every heartbeat until its place is free. */
    private void awaitNothingOpen() throws Exception {
        while (running.metadata.count(Kind.HEARTBEAT) > 0) {
            running.metadata.next(Kind.HEARTBEAT);
        }
        running.metadata.next(Kind.HEARTBEAT);
        while (!running.metadata
                .next(Kind.HEARTBEAT)
                .json()
                .getJsonArray("uploads")
                .isEmpty()) {
            // once more
        }
    }

    /** Each from an address of its own. */
    private void open(int count, String owner, String framing) throws Exception {
        for (int i = 0; i < count; i++) {
            clients.add(begun(owner, "10.0." + count + "." + i, framing));
        }
    }

    /** All of one client at one address, who is refused any more. */
    private void takeShare(String client, int share, String framing) throws Exception {
        for (int i = 0; i < share; i++) {
            clients.add(begun(client, "10.1.1.1", framing));
        }
        assertShareTaken(head(client, "10.1.1.1", framing + EXPECT).answer());
    }

    private RawClient empty() throws Exception {
        return head("alice", "10.1.1.1", CHUNKED).send("0\r\n\r\n");
    }

    /** Has its place and its buffer: it was asked for its body. */
    private RawClient begun(String owner, String address, String framing) throws Exception {
        RawClient client = head(owner, address, framing + EXPECT);
        assertThat(client.answer()).startsWith("HTTP/1.1 100");
        return client;
    }

    private RawClient head(String owner, String address, String headers) throws Exception {
        return running.connect()
                .send("PUT /upload/a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + address + "\r\nAuthorization: " + owner
                        + "\r\n" + headers + "\r\n");
    }

    private static void assertShareTaken(String answer) {
        assertThat(answer).startsWith("HTTP/1.1 503").contains("application/problem+json", "\"code\":\"share-taken\"");
        assertThat(answer).containsIgnoringCase("retry-after: 5");
    }
}
