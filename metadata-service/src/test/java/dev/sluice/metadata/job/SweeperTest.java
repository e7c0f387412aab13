package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.runtime.ClockSteps;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SweeperTest extends FreshQueue {
    private static final Sweeper.Times TIMES =
            new Sweeper.Times(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofHours(1), Duration.ofDays(1));

    private Sweeper sweeper;

    @BeforeEach
    void open() {
        ClockSteps steps = new ClockSteps(queue.clock, queue.clock::nanoTime);
        sweeper = new Sweeper(queue.store, queue.leases, TIMES, steps, () -> {});
    }

    @Test
    void givesEveryLeaseItsTimeAnewAfterAStart() throws Exception {
        String id = queue.job("default");
        queue.takeUpOne();
        queue.clock.advance(Duration.ofMinutes(10));

        sweeper.sweep();
        sweeper.sweep();
        assertThat(queue.find(id).state()).isEqualTo(JobState.RUNNING);

        queue.clock.advance(Duration.ofSeconds(31));
        sweeper.sweep();
        assertThat(queue.find(id).state()).isEqualTo(JobState.WAITING);
        assertThat(queue.find(id).crashes()).isEqualTo(1);
    }

    @Test
    void takesNoLeaseAwayBecauseTheClockWasSetForward() throws Exception {
        String id = queue.job("default");
        queue.takeUpOne();
        sweeper.sweep();

        queue.clock.set(Duration.ofHours(1));
        sweeper.sweep();
        sweeper.sweep();
        assertThat(queue.find(id).state()).isEqualTo(JobState.RUNNING);
        assertThat(states()).containsExactly("alive");

        queue.clock.advance(Duration.ofSeconds(31));
        sweeper.sweep();
        assertThat(queue.find(id).crashes()).isEqualTo(1);
    }

    @Test
    void callsAWorkerLostWhenItWasSilentForALease() throws Exception {
        queue.leases.lease(JobFixture.request("w", "boot", 1));
        sweeper.sweep();
        queue.clock.advance(Duration.ofSeconds(31));

        sweeper.sweep();
        assertThat(states()).containsExactly("lost");

        queue.leases.lease(JobFixture.request("w", "boot", 1));
        assertThat(states()).containsExactly("alive");
    }

    @Test
    void callsAWorkerThatSaidThatItStopsStoppedAndNeverLost() throws Exception {
        String id = queue.job("default");
        queue.leases.lease(new LeaseRequest("w", "boot", Job.JOBS, List.of("other"), 1, 0, Optional.empty()));
        sweeper.sweep();
        queue.leases.stopped("boot");

        assertThat(queue.leases.lease(JobFixture.request("w", "boot", 1)))
                .as("to a request that was overtaken by the end")
                .isEmpty();
        queue.clock.advance(Duration.ofSeconds(31));
        sweeper.sweep();

        assertThat(states()).containsExactly("stopped");
        assertThat(queue.find(id).state()).isEqualTo(JobState.READY);
    }

    @Test
    void forgetsFinishedChecksButNoJobs() throws Exception {
        String job = queue.job("default");
        queue.leases.complete(queue.leaseOne(), JsonValue.EMPTY_JSON_OBJECT, RunStats.NONE);
        String check = queue.check();
        queue.leases.complete(
                queue.leases.lease(JobFixture.checkRequest()).getFirst().job().token(),
                JsonValue.EMPTY_JSON_OBJECT,
                RunStats.NONE);
        sweeper.sweep();
        queue.clock.advance(Duration.ofHours(2));

        sweeper.sweep();

        Optional<Job> left = queue.database.read(tx -> JobRepository.find(tx, check));
        assertThat(left).isEmpty();
        assertThat(queue.find(job).state()).isEqualTo(JobState.SUCCEEDED);
    }

    private List<String> states() {
        return queue.database.read(WorkerRepository::present).stream()
                .map(Worker::state)
                .toList();
    }
}
