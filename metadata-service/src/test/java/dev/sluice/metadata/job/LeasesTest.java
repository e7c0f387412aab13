package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeasesTest extends FreshQueue {
    private static final JsonObject RESULT = JsonIo.object().add("size", 123456).build();
    private static final JsonObject OTHER = JsonIo.object().add("size", 1).build();

    @Test
    void twoWorkersNeverGetTheSameJob() throws Exception {
        for (int i = 0; i < 60; i++) {
            queue.job("default");
        }

        List<String> granted = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Lease>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                LeaseRequest request = JobFixture.request("w-" + i, "boot-" + i, 3);
                answers.add(executor.submit(() -> queue.leases.lease(request)));
            }
            for (Future<List<Lease>> answer : answers) {
                answer.get().forEach(lease -> granted.add(lease.job().id()));
            }
        }

        assertThat(granted).hasSize(60).doesNotHaveDuplicates();
    }

    @Test
    void aLeaseThatCannotBeTakenBackStopsNoOther() throws Exception {
        String bad = queue.job("default");
        LeaseToken broken = queue.takeUpOne();
        queue.committer.commit(tx -> tx.update("delete from job_attempts where job_id = ?", broken.jobId()));
        String good = queue.job("default");
        queue.takeUpOne();

        queue.clock.advance(Duration.ofSeconds(31));

        assertThat(queue.leases.rescue()).isEqualTo(1);
        assertThat(queue.find(good).state()).isEqualTo(JobState.WAITING);
        assertThat(queue.find(bad).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void rulesPlanAJobOnceForAnUploadAndStep() {
        var upload = queue.upload("default");

        var first = queue.committer.commit(tx -> queue.rules.plan(tx, upload, queue.clock.millis()));
        var again = queue.committer.commit(tx -> queue.rules.plan(tx, upload, queue.clock.millis()));

        assertThat(again).isEqualTo(first).hasSize(1);
    }

    @Test
    void completingEndsTheJobAndAnnouncesItOnce() throws Exception {
        String id = queue.job("default");
        LeaseToken token = queue.leaseOne();

        assertThat(queue.leases.complete(token, RESULT, RunStats.NONE)).isTrue();
        assertThat(queue.leases.complete(token, RESULT, RunStats.NONE)).isTrue();
        assertThat(queue.leases.complete(token, OTHER, RunStats.NONE)).isFalse();

        assertThat(queue.find(id).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(queue.find(id).result()).contains(RESULT.toString());
        assertThat(queue.events()).containsExactly("job.succeeded");
    }

    @Test
    void aStaleTokenChangesNothing() throws Exception {
        String id = queue.job("default");
        LeaseToken stale = queue.leaseOne();
        queue.clock.advance(Duration.ofSeconds(31));
        queue.leases.rescue();
        LeaseToken current = queue.leaseOne();
        Job before = queue.find(id);

        assertThat(queue.leases.complete(stale, RESULT, RunStats.NONE)).isFalse();
        assertThat(queue.leases.fail(stale, failed(true))).isFalse();
        assertThat(queue.leases.release(stale)).isFalse();
        assertThat(queue.leases.heartbeat(stale, Optional.empty())).isFalse();

        assertThat(queue.find(id)).isEqualTo(before);
        assertThat(queue.leases.complete(current, RESULT, RunStats.NONE)).isTrue();
    }

    @Test
    void aHeartbeatKeepsTheLease() throws Exception {
        String id = queue.job("default");
        LeaseToken token = queue.leaseOne();
        queue.clock.advance(Duration.ofSeconds(20));

        assertThat(queue.leases.heartbeat(token, Optional.of("{\"percent\":40}")))
                .isTrue();
        queue.clock.advance(Duration.ofSeconds(20));

        assertThat(queue.leases.rescue()).isZero();
        assertThat(queue.find(id).progress()).contains("{\"percent\":40}");
    }

    @Test
    void failuresWaitWithJitterAndEndDead() throws Exception {
        String id = queue.job("default");
        for (int failures = 0; failures < 3; failures++) {
            queue.clock.advance(Duration.ofSeconds(10));
            queue.leases.fail(queue.leaseOne(), failed(true));
            Job job = queue.find(id);
            assertThat(job.runAt() - queue.clock.millis()).isBetween(0L, 1000L << failures);
        }

        Job dead = queue.find(id);
        assertThat(dead.state()).isEqualTo(JobState.DEAD);
        assertThat(dead.failures()).isEqualTo(3);
        assertThat(dead.crashes()).isZero();
        assertThat(queue.outcomes(id)).containsExactly("failed", "failed", "failed");
        assertThat(queue.events()).containsExactly("job.dead");
    }

    @Test
    void whatIsNotRetryableIsDeadAtOnce() throws Exception {
        String id = queue.job("default");

        queue.leases.fail(queue.leaseOne(), failed(false));

        assertThat(queue.find(id).state()).isEqualTo(JobState.DEAD);
    }

    @Test
    void crashesAreCountedApartFromFailuresAndEndInQuarantine() throws Exception {
        String id = queue.job("default");
        queue.leases.fail(queue.leaseOne(), failed(true));
        queue.clock.advance(Duration.ofSeconds(10));

        for (int crashes = 0; crashes < 2; crashes++) {
            queue.leases.fail(queue.leaseOne(), Ending.crashed("killed by signal 9"));
            assertThat(queue.find(id).state()).isEqualTo(JobState.WAITING);
            assertThat(queue.find(id).runAt() - queue.clock.millis()).isBetween(0L, 1000L << crashes);
            queue.clock.advance(Duration.ofSeconds(10));
        }
        LeaseToken last = queue.takeUpOne();
        queue.clock.advance(Duration.ofSeconds(31));
        queue.leases.rescue();

        assertThat(queue.find(id).state()).isEqualTo(JobState.QUARANTINED);
        assertThat(queue.find(id).failures()).isEqualTo(1);
        assertThat(queue.find(id).crashes()).isEqualTo(3);
        assertThat(queue.outcomes(id)).containsExactly("failed", "crashed", "crashed", "crashed");
        assertThat(queue.leases.complete(last, RESULT, RunStats.NONE)).isFalse();
        assertThat(queue.events()).containsExactly("job.dead");
    }

    @Test
    void aWorkerThatDiesAgainAndAgainDoesNotTakeTheSameJobFirst() throws Exception {
        String unlucky = queue.job("default");
        queue.takeUpOne();
        String next = queue.job("default");
        queue.clock.advance(Duration.ofSeconds(31));
        queue.leases.rescue();
        assertThat(queue.find(unlucky).runAt()).isGreaterThan(queue.clock.millis());

        assertThat(queue.leaseOne().jobId()).isEqualTo(next);

        queue.clock.advance(Duration.ofSeconds(1));
        assertThat(queue.leaseOne().jobId()).isEqualTo(unlucky);
    }

    @Test
    void releasingBurnsNoAttemptButFencesTheOldToken() throws Exception {
        String id = queue.job("default");
        LeaseToken first = queue.leaseOne();

        assertThat(queue.leases.release(first)).isTrue();
        LeaseToken second = queue.leaseOne();

        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(queue.find(id).attempt()).isEqualTo(1);
        assertThat(queue.outcomes(id)).containsExactly("running");
        assertThat(queue.leases.complete(first, RESULT, RunStats.NONE)).isFalse();
    }

    @Test
    void aLeaseThatRunsOutWithoutAHeartbeatIsLostAndCostsTheJobNothing() throws Exception {
        String id = queue.job("default");
        for (int i = 0; i < 4; i++) {
            queue.leaseOne();
            queue.clock.advance(Duration.ofSeconds(31));
            queue.leases.rescue();
        }

        assertThat(queue.find(id).state()).isEqualTo(JobState.READY);
        assertThat(queue.find(id).attempt()).isZero();
        assertThat(queue.find(id).crashes()).isZero();
        assertThat(queue.outcomes(id)).isEmpty();
    }

    @Test
    void sayingTheSameEndingTwiceIsFineAndAnotherOneIsNot() throws Exception {
        String id = queue.job("default");
        LeaseToken failing = queue.leaseOne();
        assertThat(queue.leases.fail(failing, failed(true))).isTrue();
        queue.clock.advance(Duration.ofSeconds(11));
        LeaseToken releasing = queue.leaseOne();
        assertThat(queue.leases.release(releasing)).isTrue();
        queue.leaseOne();
        Job before = queue.find(id);

        assertThat(queue.leases.fail(failing, failed(true))).isTrue();
        assertThat(queue.leases.release(releasing)).isTrue();
        assertThat(queue.leases.fail(releasing, failed(true))).isFalse();
        assertThat(queue.leases.release(failing)).isFalse();
        assertThat(queue.leases.fail(failing, Ending.crashed("another"))).isFalse();

        assertThat(queue.find(id)).isEqualTo(before);
    }

    @Test
    void aWaitingWorkerIsWokenAtOnceByANewJob() throws Exception {
        LeaseRequest patient = new LeaseRequest("w", "boot", Job.JOBS, List.of("verify"), 1, 60_000, Optional.empty());
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Lease>> answer = executor.submit(() -> queue.leases.lease(patient));
            String id = queue.job("default");

            assertThat(answer.get(30, TimeUnit.SECONDS))
                    .extracting(lease -> lease.job().id())
                    .containsExactly(id);
        }
    }

    @Test
    void aWaitingWorkerIsLetGoInTimeWhateverTheClockSays() throws Exception {
        LeaseRequest brief = new LeaseRequest("w", "boot", Job.JOBS, List.of("verify"), 1, 20, Optional.empty());

        queue.clock.set(Duration.ofHours(-1));

        assertThat(queue.leases.lease(brief)).as("by a clock that stands still").isEmpty();
    }

    @Test
    void aWaitingWorkerIsLetGoWhenTheServiceStops() throws Exception {
        LeaseRequest patient = new LeaseRequest("w", "boot", Job.JOBS, List.of("verify"), 1, 60_000, Optional.empty());
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Lease>> answer = executor.submit(() -> queue.leases.lease(patient));

            queue.store.signals().stop();

            assertThat(answer.get(30, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void aWorkerGetsOnlyKindsItAskedFor() throws Exception {
        queue.job("default");
        LeaseRequest other = new LeaseRequest("w", "boot", Job.JOBS, List.of("thumbnail"), 1, 0, Optional.empty());

        assertThat(queue.leases.lease(other)).isEmpty();
    }

    @Test
    void aCheckIsNeverGivenUpHoweverOftenItEndsBadly() throws Exception {
        String id = queue.check();
        for (int i = 0; i < 6; i++) {
            queue.clock.advance(Duration.ofSeconds(11));
            LeaseToken token = queue.leases
                    .lease(JobFixture.checkRequest())
                    .getFirst()
                    .job()
                    .token();
            queue.leases.fail(token, i % 2 == 0 ? failed(false) : Ending.crashed("killed"));
            assertThat(queue.find(id).state()).isEqualTo(JobState.WAITING);
        }
        queue.clock.advance(Duration.ofSeconds(11));

        LeaseToken token =
                queue.leases.lease(JobFixture.checkRequest()).getFirst().job().token();
        JsonObject absent = JsonIo.object().add("outcome", "absent").build();
        assertThat(queue.leases.complete(token, absent, RunStats.NONE)).isTrue();
        assertThat(queue.leases.complete(token, absent, RunStats.NONE)).isTrue();

        assertThat(queue.settled).containsExactly(absent);
        assertThat(queue.events()).isEmpty();
    }

    @Test
    void anOpenCheckIsBroughtForwardInsteadOfASecondOne() throws Exception {
        var upload = queue.upload("default");
        String first = queue.check(upload.id());
        queue.leases.fail(
                queue.leases.lease(JobFixture.checkRequest()).getFirst().job().token(), failed(true));

        String second = queue.check(upload.id());

        assertThat(second).isEqualTo(first);
        assertThat(queue.leases.lease(JobFixture.checkRequest())).hasSize(1);
    }

    private static Ending failed(boolean retryable) {
        return new Ending(Outcome.FAILED, retryable, "size 10 in the store, 123456 announced", RunStats.NONE);
    }
}
