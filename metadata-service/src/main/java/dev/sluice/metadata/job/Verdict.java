package dev.sluice.metadata.job;

import java.util.random.RandomGenerator;

/** What becomes of a job after an attempt that did not succeed. */
record Verdict(JobState state, long runAt, int failures, int crashes, String error) {

    /** A crash is counted apart from a failure; checks are never given up. */
    static Verdict of(Job job, Ending ending, JobSettings settings, RandomGenerator random, long now) {
        int crashes = job.crashes() + (ending.outcome().crash() ? 1 : 0);
        int failures = job.failures() + (ending.outcome().crash() ? 0 : 1);
        if (job.check()) {
            long delay = settings.checkRetry().millis(job.failures() + job.crashes(), random);
            return new Verdict(JobState.WAITING, now + delay, failures, crashes, ending.error());
        }
        if (ending.outcome().crash()) {
            JobState state = crashes >= settings.maxCrashes() ? JobState.QUARANTINED : JobState.READY;
            return new Verdict(state, now, failures, crashes, ending.error());
        }
        if (!ending.retryable() || failures >= settings.maxFailures()) {
            return new Verdict(JobState.DEAD, now, failures, crashes, ending.error());
        }
        long delay = settings.retry().millis(job.failures(), random);
        return new Verdict(JobState.WAITING, now + delay, failures, crashes, ending.error());
    }
}
