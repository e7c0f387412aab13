package dev.sluice.metadata.job;

import java.util.random.RandomGenerator;

/** What becomes of a job after an attempt that did not succeed. */
record Verdict(JobState state, long runAt, int failures, int crashes, String error) {

    /**
     * A crash is counted apart from a failure, but waited for alike: a worker that dies again and again must not take the same job first
     * each time. Checks are never given up.
     */
    static Verdict of(Job job, Ending ending, JobSettings settings, RandomGenerator random, long now) {
        boolean crash = ending.outcome().crash();
        int crashes = job.crashes() + (crash ? 1 : 0);
        int failures = job.failures() + (crash ? 0 : 1);
        if (job.check()) {
            long delay = settings.checkRetry().millis(job.failures() + job.crashes(), random);
            return new Verdict(JobState.WAITING, now + delay, failures, crashes, ending.error());
        }
        if (crash && crashes >= settings.maxCrashes()) {
            return new Verdict(JobState.QUARANTINED, now, failures, crashes, ending.error());
        }
        if (!crash && (!ending.retryable() || failures >= settings.maxFailures())) {
            return new Verdict(JobState.DEAD, now, failures, crashes, ending.error());
        }
        long delay = settings.retry().millis(crash ? job.crashes() : job.failures(), random);
        return new Verdict(JobState.WAITING, now + delay, failures, crashes, ending.error());
    }
}
