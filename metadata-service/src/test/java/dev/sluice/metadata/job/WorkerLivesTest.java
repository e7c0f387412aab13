package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.Polling;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of leases and waiting requests when workers start, stop and share a name. */
@Timeout(60)
class WorkerLivesTest extends FreshQueue {
    private static final JsonObject RESULT = JsonIo.object().add("size", 123456).build();

    @Test
    void aWorkerStartedAnewGivesBackWhatItsOldLifeHeld() throws Exception {
        String id = queue.job("default");
        queue.leases.heartbeat(
                queue.leases
                        .lease(JobFixture.request("w", "old", 1))
                        .getFirst()
                        .job()
                        .token(),
                Optional.empty());

        queue.leases.lease(JobFixture.request("w", "new", 1));
        queue.clock.advance(Duration.ofSeconds(1));
        List<Lease> again = queue.leases.lease(JobFixture.request("w", "new", 1));

        assertThat(again).extracting(lease -> lease.job().id()).containsExactly(id);
        assertThat(queue.outcomes(id)).containsExactly("crashed", "running");
    }

    @Test
    void aLeaseThatWasNeverTakenUpCostsTheJobNothingWhenItsWorkerIsStartedAnew() throws Exception {
        String id = queue.job("default");
        queue.leases.lease(JobFixture.request("w", "old", 1));

        queue.leases.lease(JobFixture.request("w", "new", 1));

        assertThat(queue.find(id).attempt()).isEqualTo(1);
        assertThat(queue.find(id).crashes()).isZero();
        assertThat(queue.outcomes(id)).containsExactly("running");
    }

    @Test
    void aNewLifeEndsTheWaitingRequestsOfTheOldOne() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Lease>> old = executor.submit(() -> queue.leases.lease(patient("old")));
            awaitPresent("old");

            queue.leases.lease(JobFixture.request("w", "new", 1));

            assertThat(old.get(30, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void twoLivingWorkersOfOneNameBothWaitAndBothGetWork() throws Exception {
        queue.leases.lease(JobFixture.request("w", "old", 1));
        queue.leases.lease(JobFixture.request("w", "new", 1));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Lease>> old = executor.submit(() -> queue.leases.lease(patient("old")));
            String id = queue.job("default");

            assertThat(old.get(30, TimeUnit.SECONDS))
                    .extracting(lease -> lease.job().id())
                    .containsExactly(id);
        }
    }

    @Test
    void aStoppedWorkersWaitingRequestsEndAndWhatTheyWereGrantedIsGivenBack() throws Exception {
        String id = queue.job("default");
        LeaseToken unheard = queue.leaseOne();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Lease>> waiting = executor.submit(() -> queue.leases.lease(patient("boot")));
            awaitPresent("boot");

            queue.leases.stopped("boot");

            assertThat(waiting.get(30, TimeUnit.SECONDS)).isEmpty();
        }
        assertThat(queue.find(id).state()).isEqualTo(JobState.READY);
        assertThat(queue.find(id).attempt()).isZero();
        assertThat(queue.leases.heartbeat(unheard, Optional.empty())).isFalse();
    }

    @Test
    void aStoppedWorkerEndsTheJobsThatItTookUp() throws Exception {
        String id = queue.job("default");
        LeaseToken token = queue.takeUpOne();

        queue.leases.stopped("boot");

        assertThat(queue.leases.heartbeat(token, Optional.empty())).isTrue();
        assertThat(queue.database.read(WorkerRepository::present))
                .extracting(Worker::state)
                .containsExactly("stopped");
        assertThat(queue.leases.complete(token, RESULT, RunStats.NONE)).isTrue();
        assertThat(queue.find(id).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void anotherWorkersLeasesStayWhenOneIsStartedAnew() throws Exception {
        queue.job("default");
        queue.leases.lease(JobFixture.request("other", "its-boot", 1));

        assertThat(queue.leases.lease(JobFixture.request("w", "new", 1))).isEmpty();
    }

    private static LeaseRequest patient(String boot) {
        return new LeaseRequest("w", boot, Job.JOBS, List.of("verify"), 1, 60_000, Optional.empty());
    }

    private void awaitPresent(String boot) {
        Polling.until(
                () -> queue.database.read(tx -> WorkerRepository.find(tx, boot)).isPresent());
    }
}
