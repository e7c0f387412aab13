package dev.sluice.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metadata.check.Checker;
import dev.sluice.metadata.db.Committer;
import dev.sluice.metadata.db.Database;
import dev.sluice.metadata.delivery.Deliveries;
import dev.sluice.metadata.gateway.Boots;
import dev.sluice.metadata.job.JobMeters;
import dev.sluice.metadata.job.JobSettings;
import dev.sluice.metadata.job.JobSignals;
import dev.sluice.metadata.job.JobStore;
import dev.sluice.metadata.job.Leases;
import dev.sluice.metadata.job.Rules;
import dev.sluice.metadata.runtime.Backoff;
import dev.sluice.metadata.runtime.ClockSteps;
import dev.sluice.metadata.runtime.HaltPoints;
import dev.sluice.metadata.upload.ObjectUrls;
import dev.sluice.metadata.upload.Times;
import dev.sluice.metadata.upload.UploadTables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DueTimesTest {
    private static final Times TIMES = Times.defaults();
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration DELIVERY = Duration.ofHours(1);
    private static final JobSettings JOBS = new JobSettings(
            12,
            5,
            new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(5)),
            new Backoff(Duration.ofSeconds(1), TIMES.checkBackoffCap()),
            Duration.ofSeconds(30),
            new ObjectUrls(""));

    /** How long from now each kind of row may wait at most. */
    private static final Map<String, Duration> LONGEST = Map.of(
            "select run_at as t from jobs where id = 'job'", Duration.ofMinutes(5),
            "select run_at as t from jobs where id = 'check'", Duration.ofMinutes(10),
            "select lease_until as t from jobs where id = 'leased'", Duration.ofSeconds(30),
            "select run_at as t from deliveries", DELIVERY,
            "select check_at as t from upload_attempts where attempt = 1", Duration.ofMinutes(10),
            "select absent_at as t from upload_attempts where attempt = 1", Duration.ZERO,
            "select doubt_until as t from upload_attempts where attempt = 1", Duration.ofSeconds(35),
            "select absent_at as t from upload_attempts where attempt = 2", Duration.ZERO);

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private Database database;
    private Committer committer;
    private DueTimes dueTimes;

    @BeforeEach
    void open() {
        database = new Database(folder.resolve("sluice.db"), Optional.empty());
        committer = new Committer(database, new Committer.Limits(256, Duration.ofSeconds(2), 64), HaltPoints.none());
        JobStore store = new JobStore(database, committer, new JobSignals(), new JobMeters(), clock);
        Boots.Limits limits = new Boots.Limits(TIMES.silent(), TIMES.replaced(), TIMES.sweep(), TIMES.lateTimer());
        UploadTables tables =
                new UploadTables(database, committer, new Boots(clock::nanoTime, committer::canWrite, limits), clock);
        Deliveries deliveries = new Deliveries(true, JOBS.urls());
        Checker checker =
                new Checker(tables, tables.outcomes(new Rules(List.of(), store.signals()), deliveries), TIMES);
        dueTimes = new DueTimes(
                store,
                new Leases(store, JOBS, checker, deliveries, new Random(7)),
                tables.attempts(),
                new DueTimes.Limits(TIMES, DELIVERY),
                new ClockSteps(clock, clock::nanoTime));
    }

    @AfterEach
    void close() {
        committer.close();
        database.close();
    }

    @Test
    void nothingWaitsForAClockThatWasSetBackWhileWeWereDown() {
        waiting(clock.millis() + DAY.toMillis());

        try (LogLines log = new LogLines(DueTimes.class.getName())) {
            dueTimes.run();
            dueTimes.run();

            assertThat(log.lines).containsExactly("due times pulled back rows=6 step_seconds=0");
        }

        assertWait(Duration.ZERO);
    }

    @Test
    void nothingWaitsForAClockThatIsSetBack() {
        dueTimes.run();
        waiting(clock.millis());

        try (LogLines log = new LogLines(DueTimes.class.getName())) {
            clock.set(Duration.ofSeconds(-4));
            dueTimes.run();
            assertWait(Duration.ofSeconds(4));

            clock.set(DAY.negated());
            clock.advance(Duration.ofSeconds(1));
            dueTimes.run();

            assertThat(log.lines).containsExactly("due times pulled back rows=6 step_seconds=86400");
        }

        assertWait(Duration.ZERO);
    }

    /** All rows as they would be had each begun its longest wait at {@code now}. */
    private void waiting(long now) {
        committer.commit(tx -> {
            tx.update("""
                    insert into uploads (id, owner, source, state, attempt, bucket, object_key, created_at)
                    values ('u', 'default', 'gateway', 'receiving', 2, 'uploads', 'u/u', ?)
                    """, now);
            String attempts = """
                    insert into upload_attempts (upload_id, attempt, request, bucket, object_key, created_at, check_at, check_job,
                                                 absences, absent_at, in_doubt, doubt_until)
                    values ('u', ?, ?, 'uploads', 'u/u', ?, ?, ?, 1, ?, 1, ?)
                    """;
            long doubt = now + TIMES.recheck().toMillis();
            tx.update(attempts, 1, "r-1", now, now + TIMES.finalCheck().toMillis(), null, now, doubt);
            tx.update(attempts, 2, "r-2", now, null, "check", now, doubt);
            String jobs = """
                    insert into jobs (id, upload_id, owner, attempt_of, kind, queue, state, dedup_key, config, run_at, created_at,
                                      lease_until)
                    values (?, 'u', 'default', 2, 'kind', ?, ?, ?, '{}', ?, ?, ?)
                    """;
            long job = now + JOBS.retry().cap().toMillis();
            long check = now + JOBS.checkRetry().cap().toMillis();
            tx.update(jobs, "job", "jobs", "waiting", "1", job, now, null);
            tx.update(jobs, "check", "checks", "waiting", "2", check, now, null);
            tx.update(
                    jobs,
                    "leased",
                    "jobs",
                    "running",
                    "3",
                    now,
                    now,
                    now + JOBS.lease().toMillis());
            return tx.update("""
                    insert into deliveries (id, upload_id, event, body, state, run_at, created_at)
                    values ('d', 'u', 'upload.completed', '{}', 'pending', ?, ?)
                    """, now + DELIVERY.toMillis(), now);
        });
    }

    private void assertWait(Duration more) {
        LONGEST.forEach((sql, longest) -> {
            long at = database.read(tx -> tx.first(sql, row -> row.number("t"))).orElseThrow();
            assertThat(Duration.ofMillis(at - clock.millis())).as(sql).isEqualTo(longest.plus(more));
        });
    }
}
