package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobPlanTest {
    @TempDir
    Path folder;

    @Test
    void pagesAndTidyingReadOnlyWhatTheyAnswer() {
        try (JobFixture queue = new JobFixture(folder)) {
            assertThat(plan(queue, JobPage.OF_OWNER))
                    .containsExactly("SEARCH jobs USING INDEX jobs_by_owner (owner=? AND id<?)");
            assertThat(plan(queue, JobPage.OF_UPLOAD))
                    .contains("SEARCH jobs USING INDEX jobs_by_upload (upload_id=? AND id<?)")
                    .noneMatch(step -> step.contains("TEMP B-TREE"));
            assertThat(plan(queue, JobRepository.OLD_CHECKS))
                    .containsExactly("SEARCH jobs USING INDEX jobs_checks_finished (finished_at<?)");
        }
    }

    @Test
    void aWorkerLooksOnlyAmongJobsOfItsKinds() {
        try (JobFixture queue = new JobFixture(folder)) {
            assertThat(plan(queue, JobRepository.NEXT_DUE))
                    .containsExactly("SEARCH jobs USING INDEX jobs_ready (queue=? AND kind=?)");
            assertThat(plan(queue, JobRepository.DUE))
                    .containsExactly("SEARCH jobs USING INDEX jobs_ready (queue=? AND kind=? AND run_at<?)");
        }
    }

    private static List<String> plan(JobFixture queue, String sql) {
        return queue.database.read(tx -> tx.list("explain query plan " + sql, row -> row.text("detail")));
    }
}
