package dev.sluice.it.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.it.Executions;
import dev.sluice.it.Payload;
import dev.sluice.it.Seeds;
import dev.sluice.it.StackExtension;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Bucket;
import dev.sluice.it.stack.Options;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.History.Told;
import dev.sluice.it.storm.Snapshot.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The observer sees what the checker has to judge: what is changed in a store behind the back of all others is named. */
class ObserverTest {
    private static final long LIMIT = 11 << 20;
    private static final Duration TIME = Duration.ofSeconds(3);
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final Stack STACK = new Stack(
            "observer", Executions.in(Options.plain().patient()).metadata("metadata.max-upload-bytes=" + LIMIT));

    /** Whether nobody else uses the store. */
    private static final boolean ALONE = STACK.store().isPresent();

    @RegisterExtension
    static final StackExtension RUNNING = new StackExtension(STACK);

    @Test
    void whatIsChangedInTheStoreIsNamed() throws Exception {
        Operations operations = new Operations(LIMIT, STACK::foreignKey);
        Observer observer = new Observer(STACK);
        try (History history = new History(STACK.folder().resolve("logs/history.log"))) {
            Driver driver = new Driver(new HttpClient(STACK), operations, history);
            driver.warmUp();
            driver.run(Seeds.first(), () -> Await.pass(TIME));
            driver.resolve(SETTLED);
            assertThat(observer.awaitSettled(SETTLED)).isEmpty();
            Snapshot before = observer.snapshot(false);
            assertThat(Checker.check(history.all(), history.sightings(), before, LIMIT))
                    .isEmpty();
            List<Row> completed = before.rows().stream()
                    .filter(row -> row.completed() && row.key().startsWith(STACK.keyPrefix()) && row.size() > 0)
                    .toList();

            Bucket bucket = STACK.bucket();
            Row gone = completed.get(0);
            bucket.remove(gone.key());
            Row flipped = completed.get(1);
            bucket.put(flipped.key(), flipped(flipped, history.all()));
            Row open = completed.get(2);
            bucket.beginMultipart(open.key());
            String stray = ALONE ? "stray" : STACK.foreignKey("stray");
            bucket.put(stray, new Payload(1, 1), Map.of());
            if (ALONE) {
                Bucket elsewhere = STACK.bucket("elsewhere");
                elsewhere.make();
                elsewhere.put("astray", new Payload(1, 1), Map.of());
            }

            assertThat(observer.awaitSettled(TIME)).anyMatch(left -> left.contains(gone.key()));
            assertThat(Checker.check(history.all(), history.sightings(), observer.snapshot(true), LIMIT))
                    .anySatisfy(one -> assertNames(one, Finding.OBJECT_MISSING, gone.key()))
                    .anySatisfy(one -> assertNames(one, Finding.OBJECT_DIFFERS, flipped.key()))
                    .anySatisfy(one -> assertNames(one, Finding.OPEN_MULTIPART, open.key()))
                    .anySatisfy(one -> assertNames(one, Finding.UNKNOWN_OBJECT, stray))
                    .anySatisfy(one -> assertNames(one, Finding.UNKNOWN_OBJECT, ALONE ? "/elsewhere/astray" : stray))
                    // the sum of sizes lacks the one that is gone
                    .anySatisfy(one -> assertNames(one, Finding.WRONG_SUM, "bytes"))
                    .hasSize(ALONE ? 6 : 5);
        }
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
