package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.RowCounts;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every change of a job's state is counted, and every delivery that it makes. */
class JobCountsTest {
    @TempDir
    Path folder;

    @Test
    void countsEveryState() throws Exception {
        try (JobFixture queue = new JobFixture(folder)) {
            for (int i = 0; i < 6; i++) {
                queue.job("default");
            }
            queue.leases.complete(queue.takeUpOne(), JsonObject.EMPTY_JSON_OBJECT, RunStats.NONE);
            queue.leases.fail(queue.takeUpOne(), failed(true));
            queue.leases.fail(queue.takeUpOne(), failed(false));
            queue.leases.release(queue.takeUpOne());
            queue.leaseOne();

            assertThat(RowCounts.counted(queue.database, "jobs"))
                    .containsExactly(
                            "verify dead 1",
                            "verify ready 2",
                            "verify running 1",
                            "verify succeeded 1",
                            "verify waiting 1");
            assertThat(RowCounts.counted(queue.database, "deliveries")).containsExactly(" pending 2");

            queue.clock.advance(Duration.ofMinutes(1));
            queue.leases.lease(JobFixture.request("w", "boot", 9));
            assertThat(RowCounts.counted(queue.database, "jobs"))
                    .containsExactly("verify dead 1", "verify running 4", "verify succeeded 1");
        }
    }

    @Test
    void countsChecksThatAreBroughtForwardAndDeleted() throws Exception {
        try (JobFixture queue = new JobFixture(folder)) {
            String id = queue.check();
            Job job = queue.leases.lease(JobFixture.checkRequest()).getFirst().job();
            queue.leases.fail(job.token(), failed(true));
            assertThat(RowCounts.counted(queue.database, "jobs")).containsExactly("check waiting 1");

            queue.check(job.uploadId());
            assertThat(RowCounts.counted(queue.database, "jobs")).containsExactly("check ready 1");

            LeaseToken token = queue.leases
                    .lease(JobFixture.checkRequest())
                    .getFirst()
                    .job()
                    .token();
            assertThat(token.jobId()).isEqualTo(id);
            queue.leases.complete(token, JsonObject.EMPTY_JSON_OBJECT, RunStats.NONE);
            queue.committer.commit(tx -> JobRepository.deleteChecks(tx, Long.MAX_VALUE));
            assertThat(RowCounts.counted(queue.database, "jobs")).isEmpty();
        }
    }

    private static Ending failed(boolean retryable) {
        return new Ending(Outcome.FAILED, retryable, "told to fail", RunStats.NONE);
    }
}
