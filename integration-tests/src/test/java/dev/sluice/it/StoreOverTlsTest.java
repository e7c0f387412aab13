package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.net.Answer;
import dev.sluice.it.net.RawUpload;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Ended;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.RunScript;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.stack.Times;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole system with a store behind TLS, whose certificate nobody knows but {@code storage.ca-file}. */
class StoreOverTlsTest {
    /** No handshake and no store is so slow on a busy machine that anything is refused or tried twice. */
    private static final Stack STACK = Stack.overTls(
            "tls",
            Options.plain()
                    .gateway(
                            "gateway.stall=PT60S",
                            "storage.connect-timeout=PT30S",
                            "storage.continue-timeout=PT60S",
                            "storage.answer-timeout=PT60S")
                    .metadata("metadata.times.recheck=PT5S", "metadata.jobs.lease=PT20S"));

    private static final int PART = 5 << 20;
    private static final String NOBODY = "http://127.0.0.1:9";
    private static final Map<String, String> NOWHERE =
            Map.of("http_proxy", NOBODY, "https_proxy", NOBODY, "all_proxy", NOBODY);

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void storesAndVerifiesBodiesOfEveryShape() {
        Ledger ledger = new Ledger(STACK);
        List<Sending> all = new ArrayList<>();
        for (long size : new long[] {0, 1, 65_536, 1_000_000, PART, 2 * PART + 1}) {
            Sending known = Sending.of("known-" + size, new Payload(size, size));
            all.add(known);
            all.add(Sending.of("chunked-" + size, known.payload()).inChunks());
        }

        ledger.sendAll(all, () -> {});

        assertThat(ledger.statuses()).isSubsetOf(201, 202);
        ledger.check();
    }

    @ParameterizedTest(name = "chunked {0}")
    @ValueSource(booleans = {false, true})
    void leavesNothingOfABodyThatWasCutOff(boolean chunked) throws IOException {
        Sending plain = Sending.of("cut-" + chunked, new Payload(3, 2 * PART));
        Sending sending = chunked ? plain.inChunks() : plain;
        Rows rows = new Rows(STACK, sending.filename());
        try (RawUpload upload = sending.open(STACK)) {
            upload.send(sending.payload().stream(), PART + 400_000);
            rows.await(1, "receiving");
            upload.reset();
        }

        rows.await(1, "failed");
        String key = rows.keys().getFirst();
        Await.holds(Times.SETTLED, () -> {
            assertThat(STACK.bucket().exists(key)).isFalse();
            assertThat(STACK.bucket().multiparts(key)).isEmpty();
        });
    }

    @Test
    void checksDecideWhatAGatewayThatDiedHasLeftOpen() {
        Ledger ledger = new Ledger(STACK);
        STACK.gateway().close();
        STACK.gateway().startToHalt("end-sent:2");
        List<Sending> sendings = Stream.of("doubt-1", "doubt-2")
                .map(name -> Sending.of(name, new Payload(4, 300_000)).with("Idempotency-Key", name))
                .toList();

        ledger.sendAll(sendings, () -> STACK.gateway().awaitEnd());
        STACK.gateway().start();
        ledger.repeatKeyedUntilStored();

        ledger.check();
    }

    @Test
    void processesAnObjectThatSomebodyElseReportedByItsHttpsUrl() {
        String key = STACK.foreignKey("reported.bin");
        STACK.bucket().put(key, new Payload(6, 5000), Map.of());
        String url = STACK.bucket().urlOf(key);
        assertThat(url).startsWith("https://");

        Answer hint = Api.of(STACK).hint(url);

        assertThat(hint.status()).as("%s", hint).isEqualTo(200);
        JsonObject row = Api.of(STACK).awaitSettled(hint.json().getString("upload_id"));
        assertThat(row.getString("state")).isEqualTo("completed");
        assertThat(row.getString("processing")).isEqualTo("succeeded");
    }

    @Test
    void theRunScriptTakesTheStoreWithItsAuthoritiesPastProxies() throws IOException {
        try (RunScript run = new RunScript()) {
            List<String> place =
                    List.of("--once", "--data", run.otherData().toString(), "--port", Integer.toString(run.port()));
            List<String> store = STACK.storeAccess().options("run");

            Ended trusting = run.endedWith(NOWHERE, joined(place, store));
            Ended not = run.endedWith(NOWHERE, joined(place, store.subList(0, store.indexOf("--store-ca-file"))));

            assertThat(trusting.status()).as(trusting.output()).isZero();
            assertThat(trusting.output()).contains("what is stored is what was sent");
            assertThat(not.status()).isEqualTo(1);
            assertThat(not.output()).containsIgnoringCase("certificate");
        }
    }

    private static String[] joined(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toArray(String[]::new);
    }
}
