package dev.sluice.it.storm;

import dev.sluice.it.stack.Http;
import java.util.Map;

/** The figures that one process tells of itself. */
record Metrics(String text) {
    static Metrics of(String url) {
        return new Metrics(Http.get(url + "/metrics", Map.of()).body());
    }

    /** A series' value; one that is not there counts nothing. */
    long value(String series) {
        return text.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(0);
    }
}
