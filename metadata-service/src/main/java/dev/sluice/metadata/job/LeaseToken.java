package dev.sluice.metadata.job;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proof of a lease, {@code JOB.FENCE}; each claim of a job has a higher fence. */
record LeaseToken(String jobId, int fence) {
    private static final Pattern FORM = Pattern.compile("([0-9a-f-]{36})\\.(\\d{1,9})");

    static Optional<LeaseToken> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new LeaseToken(matcher.group(1), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return jobId + '.' + fence;
    }
}
