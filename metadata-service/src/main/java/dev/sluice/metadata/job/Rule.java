package dev.sluice.metadata.job;

import dev.sluice.metadata.upload.Upload;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which uploads get which jobs. */
public record Rule(String name, Match match, List<Step> jobs) {
    /** One job of a rule; {@code config} is handed to the worker. */
    public record Step(String kind, JsonObject config) {}

    /** What an upload must have, where something is asked; {@code contentType} may end in {@code /*}. */
    public record Match(
            Optional<String> bucket,
            Optional<String> prefix,
            Optional<String> contentType,
            Optional<Long> minSize,
            Optional<Long> maxSize) {

        public static final Match ALL =
                new Match(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        boolean fits(Upload upload) {
            long size = upload.size().orElse(0L);
            return bucket.map(upload.bucket()::equals).orElse(true)
                    && prefix.map(upload.objectKey()::startsWith).orElse(true)
                    && contentType
                            .map(wanted -> upload.contentType()
                                    .map(actual -> fits(wanted, actual))
                                    .orElse(false))
                            .orElse(true)
                    && size >= minSize.orElse(0L)
                    && size <= maxSize.orElse(Long.MAX_VALUE);
        }

        private static boolean fits(String wanted, String actual) {
            String type = actual.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
            String pattern = wanted.toLowerCase(Locale.ROOT);
            return pattern.endsWith("/*")
                    ? type.startsWith(pattern.substring(0, pattern.length() - 1))
                    : type.equals(pattern);
        }
    }

    public Rule {
        jobs = List.copyOf(jobs);
    }
}
