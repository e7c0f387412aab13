package dev.sluice.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.Examples;
import dev.sluice.worker.FakeMetadata;
import dev.sluice.worker.runtime.HaltPoint;
import dev.sluice.worker.runtime.HaltPoints;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LeaseLoopTest {
    private static final Run RUN =
            new Run(OptionalInt.of(0), OptionalLong.of(1), OptionalLong.of(2), Duration.ofMillis(3), "tail");
    private static final JsonObject PAYLOAD = Examples.read("lease-answer.json")
            .getJsonArray("leases")
            .getJsonObject(0)
            .getJsonObject("payload");
    private static final Duration SHORT_LEASE = Duration.ofMillis(1500);

    private final CountDownLatch interrupted = new CountDownLatch(1);
    private FakeMetadata metadata;
    private LeaseLoop loop;
    private Map<String, JobHandler> handlers = Map.of();

    @BeforeEach
    void start() throws IOException {
        metadata = new FakeMetadata();
        handlers = Map.of(
                "quick", lease -> new Outcome.Completed(json("{\"size\":1}"), Optional.of(RUN)),
                "bad", lease -> new Outcome.Failed(Outcome.Failure.TIMED_OUT, true, "slow", Optional.of(RUN)),
                "broken",
                        lease -> {
                            throw new IllegalArgumentException("a bug");
                        },
                "endless", this::endless);
        loop = loop("jobs", 2, () -> new Stats(7, 8));
        loop.start();
    }

    private LeaseLoop loop(String queue, int slots, Supplier<Stats> stats) {
        return new LeaseLoop(
                new LeaseClient(metadata.url(), "token"),
                new LeaseLoop.Identity("w-1", "boot", Duration.ofSeconds(1), stats),
                new LeaseLoop.Work(
                        queue, new LeaseLoop.Moments(HaltPoint.JOB_STARTED, HaltPoint.JOB_DONE), slots, handlers),
                HaltPoints.none());
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.drain(Instant.now());
        metadata.close();
    }

    @Test
    void completesAJobAsTheExamplesSay() throws InterruptedException {
        metadata.offer("jobs", "j1", "quick", PAYLOAD);

        FakeMetadata.Message message = metadata.report();

        assertThat(message.verb()).isEqualTo("complete");
        assertThat(message.jobId()).isEqualTo("j1");
        assertThat(message.json().getString("token")).isEqualTo("j1.1");
        JsonObject example = Examples.read("job-complete.json");
        assertThat(message.json().keySet()).isEqualTo(example.keySet());
        Examples.assertSameShape(message.json().getJsonObject("run"), example.getJsonObject("run"));
        Examples.assertSameShape(metadata.leaseRequests().peek(), Examples.read("lease-request.json"));
    }

    @Test
    void failsAJobAsTheExampleSays() throws InterruptedException {
        metadata.offer("jobs", "j1", "bad", PAYLOAD);

        FakeMetadata.Message message = metadata.report();

        assertThat(message.verb()).isEqualTo("fail");
        assertThat(message.json().getString("outcome")).isEqualTo("timed-out");
        Examples.assertSameShape(message.json(), Examples.read("job-fail.json"));
    }

    @Test
    void failsAJobWhoseHandlerBreaksAndGoesOn() throws InterruptedException {
        metadata.offer("jobs", "j1", "broken", PAYLOAD);
        FakeMetadata.Message broken = metadata.report();
        metadata.offer("jobs", "j2", "quick", PAYLOAD);

        assertThat(broken.json().getString("error")).contains("a bug");
        assertThat(metadata.report().jobId()).isEqualTo("j2");
    }

    @Test
    void oneLeaseThatCannotBeReadCostsOnlyItself() throws InterruptedException {
        LeaseLoop batch = loop("batch", 4, () -> new Stats(7, 8));
        metadata.offer("batch", json("{\"job_id\":\"j1\",\"token\":\"j1.1\",\"kind\":\"quick\",\"payload\":[]}"));
        metadata.offer("batch", json("{\"token\":7}"));
        metadata.offer("batch", "j2", "quick", PAYLOAD);
        batch.start();

        FakeMetadata.Message one = metadata.report();
        FakeMetadata.Message other = metadata.report();

        FakeMetadata.Message failed = one.jobId().equals("j1") ? one : other;
        FakeMetadata.Message completed = one.jobId().equals("j1") ? other : one;
        assertThat(failed.verb()).isEqualTo("fail");
        assertThat(failed.json().getString("token")).isEqualTo("j1.1");
        assertThat(failed.json().getString("error")).isEqualTo("this worker cannot read its lease");
        assertThat(completed.jobId()).isEqualTo("j2");
        assertThat(completed.verb()).isEqualTo("complete");
        batch.drain(Instant.now());
    }

    /** As deep as data can be that the metadata service itself has read: Parsson takes 1000 levels, of which a lease adds some. */
    @Test
    void leasesAreReadHoweverDeepTheDataInOneOfThem() throws InterruptedException {
        LeaseLoop batch = loop("batch", 4, () -> new Stats(7, 8));
        JsonArray nested = JsonValue.EMPTY_JSON_ARRAY;
        for (int depth = 1; depth < 1000; depth++) {
            nested = Json.createArrayBuilder().add(nested).build();
        }
        JsonObject upload = Json.createObjectBuilder().add("data", nested).build();
        metadata.offer(
                "batch",
                "j1",
                "quick",
                Json.createObjectBuilder().add("upload", upload).build());
        metadata.offer("batch", "j2", "quick", PAYLOAD);
        batch.start();

        assertThat(List.of(metadata.report().verb(), metadata.report().verb())).containsOnly("complete");
        batch.drain(Instant.now());
    }

    @Test
    void beatsBeforeItBeginsAJob() throws InterruptedException {
        metadata.offer("jobs", "j1", "quick", PAYLOAD);

        assertThat(metadata.message().verb()).isEqualTo("heartbeat");
        assertThat(metadata.message().verb()).isEqualTo("complete");
    }

    @Test
    void beginsNothingWhenTheLeaseIsLostAlready() throws InterruptedException {
        metadata.answerNext("heartbeat", 409);
        metadata.offer("jobs", "j1", "quick", PAYLOAD);
        assertThat(metadata.message().verb()).isEqualTo("heartbeat");

        metadata.offer("jobs", "j2", "quick", PAYLOAD);

        assertThat(metadata.report().jobId()).isEqualTo("j2");
    }

    @Test
    void beginsAJobOnceItsFirstHeartbeatIsAnswered() throws InterruptedException {
        metadata.answerNext("heartbeat", 503);
        metadata.answerNext("heartbeat", 500);
        metadata.offer("jobs", "j1", "quick", PAYLOAD);

        assertThat(metadata.report().verb()).isEqualTo("complete");
    }

    @Test
    void throwsWorkAwayWhenAHeartbeatFindsTheLeaseLost() throws InterruptedException {
        metadata.answerNext("heartbeat", 200);
        metadata.answerNext("heartbeat", 409);
        metadata.offer("jobs", "j1", "endless", PAYLOAD, SHORT_LEASE);

        FakeMetadata.Message beat = metadata.message();

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(beat.json().getString("token"))
                .as("progress, the example's other member, may be left out")
                .isEqualTo("j1.1");
        metadata.offer("jobs", "j2", "quick", PAYLOAD);
        assertThat(metadata.report().jobId()).as("nothing of j1").isEqualTo("j2");
    }

    @Test
    void livesThroughAFailingHeartbeat() throws InterruptedException {
        metadata.answerNext("heartbeat", 200);
        metadata.answerNext("heartbeat", 503);
        metadata.offer("jobs", "j1", "endless", PAYLOAD, SHORT_LEASE);

        for (int beats = 0; beats < 3; beats++) {
            assertThat(metadata.message().verb()).isEqualTo("heartbeat");
        }
        assertThat(interrupted.getCount()).isEqualTo(1);
    }

    @Test
    void repeatsAReportUntilItIsAnswered() throws InterruptedException {
        metadata.answerNext("complete", 503);
        metadata.answerNext("complete", 500);
        metadata.offer("jobs", "j1", "quick", PAYLOAD);

        FakeMetadata.Message first = metadata.report();
        FakeMetadata.Message second = metadata.report();
        FakeMetadata.Message third = metadata.report();

        assertThat(second).isEqualTo(first);
        assertThat(third).isEqualTo(first);
    }

    @Test
    void saysNothingMoreOfAResultWhoseLeaseIsLost() throws InterruptedException {
        metadata.answerNext("complete", 503);
        metadata.answerNext("complete", 409);
        metadata.offer("jobs", "j1", "quick", PAYLOAD);

        FakeMetadata.Message first = metadata.report();
        FakeMetadata.Message second = metadata.report();
        loop.drain(Instant.now());

        assertThat(second).as("the same token and result").isEqualTo(first);
        assertThat(metadata.hasReport()).as("a third").isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void failsAJobForGoodWhoseResultIsRefused(int status) throws InterruptedException {
        metadata.answerNext("complete", status);
        metadata.offer("jobs", "j1", "quick", PAYLOAD);

        assertThat(metadata.report().verb()).isEqualTo("complete");
        FakeMetadata.Message second = metadata.report();

        assertThat(second.verb()).isEqualTo("fail");
        assertThat(second.json().getBoolean("retryable")).isFalse();
        assertThat(second.json().getString("error")).isEqualTo("result refused: status " + status);
    }

    @Test
    void failsAJobWithoutItsRunWhenTheRunIsRefused() throws InterruptedException {
        metadata.answerNext("fail", 413);
        metadata.offer("jobs", "j1", "bad", PAYLOAD);

        metadata.report();
        FakeMetadata.Message second = metadata.report();

        assertThat(second.verb()).isEqualTo("fail");
        assertThat(second.json().getString("outcome")).isEqualTo("timed-out");
        assertThat(second.json().getBoolean("retryable")).isTrue();
        assertThat(second.json().isNull("run")).isTrue();
    }

    @Test
    void goesOnLeasingAfterABugOfItsOwn() throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean();
        LeaseLoop shaky = loop("shaky", 1, () -> {
            if (broken.compareAndSet(false, true)) {
                throw new IllegalStateException("a bug");
            }
            return new Stats(7, 8);
        });
        shaky.start();
        metadata.offer("shaky", "j1", "quick", PAYLOAD);

        assertThat(metadata.report().jobId()).isEqualTo("j1");
        shaky.drain(Instant.now());
    }

    @Test
    void asksForNoMoreLeasesThanAreGrantedAtOnce() throws InterruptedException {
        LeaseLoop wide = loop("wide", 100, () -> new Stats(7, 8));
        for (int job = 0; job < 80; job++) {
            metadata.offer("wide", "j" + job, "quick", PAYLOAD);
        }
        wide.start();

        for (int job = 0; job < 80; job++) {
            assertThat(metadata.report().verb()).isEqualTo("complete");
        }
        assertThat(metadata.leaseRequests()).allMatch(request -> request.getInt("max") <= 64);
        wide.drain(Instant.now());
    }

    @Test
    void asksAgainAfterTheMetadataServiceWasAway() throws InterruptedException {
        metadata.answerNext("lease", 503);
        metadata.answerNext("lease", 500);
        metadata.offer("jobs", "j1", "quick", PAYLOAD);

        assertThat(metadata.report().verb()).isEqualTo("complete");
    }

    @Test
    void givesRunningJobsBackWhenDrainingTakesTooLong() throws InterruptedException {
        metadata.offer("jobs", "j1", "endless", PAYLOAD, SHORT_LEASE);
        assertThat(metadata.message().verb()).isEqualTo("heartbeat");

        loop.drain(Instant.now());

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        FakeMetadata.Message message = metadata.report();
        assertThat(message.verb()).isEqualTo("release");
        Examples.assertSameShape(message.json(), Examples.read("job-release.json"));
    }

    private Outcome endless(Lease lease) throws InterruptedException {
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("the latch is never opened");
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    private static JsonObject json(String text) {
        return Json.createObjectBuilder(Examples.parse(text)).build();
    }
}
