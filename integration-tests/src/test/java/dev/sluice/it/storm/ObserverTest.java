package dev.sluice.it.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.Api;
import dev.sluice.it.Executions;
import dev.sluice.it.Payload;
import dev.sluice.it.Seeds;
import dev.sluice.it.StackExtension;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Bucket;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.History.Told;
import dev.sluice.it.storm.Operation.Conduct;
import dev.sluice.it.storm.Operation.Digest;
import dev.sluice.it.storm.Operation.Kind;
import dev.sluice.it.storm.Operation.Shape;
import dev.sluice.it.storm.Snapshot.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The observer sees what the checker has to judge: what is changed in a store behind the back of all others is named. */
class ObserverTest {
    private static final long LIMIT = 11 << 20;
    private static final Duration TIME = Duration.ofSeconds(3);
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final Stack STACK = new Stack(
            "observer", Executions.in(Options.plain().patient()).metadata("metadata.max-upload-bytes=" + LIMIT));

    private static final Operation LEFT = new Operation(
            1,
            "default",
            "1-left.bin",
            new Payload(1, 600_000),
            new Shape(Kind.UPLOAD, false, false, false, Optional.of("k-1"), Digest.NONE, Conduct.LEAVES_IN_BODY));

    /** Whether nobody else uses the store. */
    private static final boolean ALONE = STACK.store().isPresent();

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void whatIsChangedInTheStoreIsNamed() throws Exception {
        Observer observer = new Observer(STACK);
        try (History history = new History(STACK.folder().resolve("logs/history.log"))) {
            storm(history, observer);
            Snapshot before = observer.snapshot(false);
            assertThat(Checker.check(history.all(), history.sightings(), before, LIMIT))
                    .isEmpty();
            List<Row> completed = before.rows().stream()
                    .filter(row -> row.completed() && row.key().startsWith(STACK.keyPrefix()) && row.size() > 0)
                    .toList();

            Row gone = completed.get(0);
            STACK.bucket().remove(gone.key());
            Row flipped = completed.get(1);
            STACK.bucket().put(flipped.key(), flipped(flipped, history.all()));
            String superseded = firstKey(completed);
            STACK.bucket().beginMultipart(superseded);
            List<String> strays = putStrays();

            assertThat(observer.awaitSettled(TIME)).anyMatch(left -> left.contains(gone.key()));
            List<Violation> found = Checker.check(history.all(), history.sightings(), observer.snapshot(true), LIMIT);
            assertThat(found)
                    .anySatisfy(one -> assertNames(one, Finding.OBJECT_MISSING, gone.key()))
                    .anySatisfy(one -> assertNames(one, Finding.OBJECT_DIFFERS, flipped.key()))
                    .anySatisfy(one -> assertNames(one, Finding.OPEN_MULTIPART, superseded))
                    // the sum of sizes lacks the one that is gone
                    .anySatisfy(one -> assertNames(one, Finding.WRONG_SUM, "bytes"))
                    .hasSize(4 + strays.size());
            assertThat(strays).allSatisfy(stray -> assertThat(found)
                    .anySatisfy(one -> assertNames(one, Finding.UNKNOWN_OBJECT, stray)));
        }
    }

    /** One in which nothing is broken, but that one client leaves in its body and comes back. */
    private static void storm(History history, Observer observer) {
        Operations operations = new Operations(LIMIT, STACK::foreignKey);
        Client client = new EdgeClient(STACK);
        Driver driver = new Driver(client, operations, history);
        driver.warmUp();
        history.invoke(LEFT);
        Await.until("an attempt has failed", SETTLED, () -> {
            history.end(LEFT, client.upload(LEFT, Conduct.LEAVES_IN_BODY));
            return Api.of(STACK).uploads().stream().anyMatch(row -> LEFT.name().equals(row.getString("filename", "")));
        });
        driver.run(Seeds.first(), () -> Await.pass(TIME));
        driver.resolve(SETTLED);
        assertThat(observer.awaitSettled(SETTLED)).isEmpty();
    }

    /** The key of an attempt that a later one has superseded: a first attempt's ends in the upload's id. */
    private static String firstKey(List<Row> completed) {
        Row row = completed.stream()
                .filter(one -> one.name().equals(LEFT.name()))
                .findFirst()
                .orElseThrow();
        assertThat(row.key()).doesNotEndWith(row.id());
        return row.key().substring(0, row.key().lastIndexOf('/') + 1) + row.id();
    }

    /** Under no prefix and in another bucket, where nobody else uses the store. */
    private static List<String> putStrays() {
        String stray = ALONE ? "stray" : STACK.foreignKey("stray");
        STACK.bucket().put(stray, new Payload(1, 1), Map.of());
        if (!ALONE) {
            return List.of(stray);
        }
        Bucket elsewhere = STACK.bucket("elsewhere");
        elsewhere.make();
        elsewhere.put("astray", new Payload(1, 1), Map.of());
        return List.of(stray, "/elsewhere/astray");
    }

    private static byte[] flipped(Row row, List<Told> history) {
        Payload sent = history.stream()
                .map(Told::operation)
                .filter(operation -> operation.name().equals(row.name()))
                .findFirst()
                .orElseThrow()
                .payload();
        byte[] bytes = sent.bytes();
        bytes[bytes.length / 2] ^= 1;
        return bytes;
    }

    private static void assertNames(Violation violation, Finding what, String where) {
        assertThat(violation.what()).isEqualTo(what);
        assertThat(violation.where()).contains(where);
    }
}
