package dev.sluice.metadata.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.LogLines;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UntakenKindsTest extends FreshQueue {
    private final LogLines log = new LogLines(UntakenKinds.class.getName());
    private UntakenKinds kinds;

    @BeforeEach
    void open() {
        List<Rule.Step> steps = List.of(step("verify"), step("thumbnial"));
        kinds = new UntakenKinds(queue.store, List.of(new Rule("all", Rule.Match.ALL, steps)));
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void tellsOnceOfAKindThatNoLiveWorkerAsksForForAWhile() throws Exception {
        ask("verify", "thumbnail");
        kinds.run();
        assertThat(log.lines).isEmpty();

        queue.clock.advance(UntakenKinds.PATIENCE);
        kinds.run();
        kinds.run();

        assertThat(log.lines).singleElement().satisfies(line -> assertThat(line)
                .startsWith("no worker takes kind=thumbnial"));
    }

    @Test
    void tellsAgainAfterAWorkerThatTookItHasGone() throws Exception {
        ask("verify", "thumbnial");
        kinds.run();
        queue.leases.stopped("boot");
        kinds.run();
        queue.clock.advance(UntakenKinds.PATIENCE);

        kinds.run();

        assertThat(log.lines).hasSize(2);
    }

    private void ask(String... kinds) throws Exception {
        queue.leases.lease(new LeaseRequest("w", "boot", Job.JOBS, List.of(kinds), 1, 0, Optional.empty()));
    }

    private static Rule.Step step(String kind) {
        return new Rule.Step(kind, JsonObject.EMPTY_JSON_OBJECT);
    }
}
