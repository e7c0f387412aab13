package dev.sluice.metadata.job;

import dev.sluice.metadata.http.LogText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** One line for each attempt of a job that ended. Of checks only those without a result: what one has seen shows with its upload. */
final class JobLog {
    private static final Logger LOG = System.getLogger(JobLog.class.getName());

    private JobLog() {}

    /** {@code job} as it was while it ran. */
    static void succeeded(Job job, RunStats run) {
        if (!job.check()) {
            LOG.log(Level.INFO, "job succeeded " + facts(job, run));
        }
    }

    static void ended(Job job, Ending ending, Verdict verdict) {
        String event = verdict.state().finished() ? "job dead " : "job failed ";
        LOG.log(
                Level.INFO,
                event + facts(job, ending.run()) + " outcome="
                        + ending.outcome().text() + " state=" + verdict.state().text());
    }

    private static String facts(Job job, RunStats run) {
        return "upload=" + job.uploadId() + " job=" + job.id() + " kind=" + LogText.of(job.kind()) + " attempt="
                + job.attempt() + " worker=" + job.worker().map(LogText::of).orElse("-") + " ms="
                + run.wallMillis().map(String::valueOf).orElse("-");
    }
}
