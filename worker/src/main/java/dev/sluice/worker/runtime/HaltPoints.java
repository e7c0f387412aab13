package dev.sluice.worker.runtime;

import dev.sluice.worker.config.ConfigurationException;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Has this process die or freeze at the moments that a test names ({@code --halt-at NAME:N[:freeze]}, docs/configuration.md). Off
 * unless asked for. Thread-safe.
 */
public final class HaltPoints {
    private record Point(AtomicInteger left, boolean freeze) {}

    private final Map<HaltPoint, Point> points = new EnumMap<>(HaltPoint.class);

    public static HaltPoints none() {
        return new HaltPoints(List.of());
    }

    /** Takes the values of all {@code --halt-at} options; throws {@link ConfigurationException} for one that makes no sense. */
    public HaltPoints(List<String> specs) {
        for (String spec : specs) {
            String[] words = spec.split(":", -1);
            boolean freeze = words.length == 3 && words[2].equals("freeze");
            if (words.length < 2
                    || words.length > 3
                    || (words.length == 3 && !freeze)
                    || !words[1].matches("[1-9]\\d{0,8}")) {
                throw new ConfigurationException("--halt-at wants NAME:N or NAME:N:freeze, not " + spec);
            }
            points.put(point(words[0]), new Point(new AtomicInteger(Integer.parseInt(words[1])), freeze));
        }
    }

    public boolean any() {
        return !points.isEmpty();
    }

    private static HaltPoint point(String word) {
        return HaltPoint.parse(word).orElseThrow(() -> {
            String known =
                    Arrays.stream(HaltPoint.values()).map(HaltPoint::word).collect(Collectors.joining(", "));
            return new ConfigurationException("--halt-at knows no " + word + "; there are " + known);
        });
    }

    /** Says that the moment has come; returns unless this is where the process was told to end. */
    public void reached(HaltPoint moment) {
        Point point = points.get(moment);
        if (point == null || point.left().decrementAndGet() != 0) {
            return;
        }
        System.err.println("halt point " + moment.word());
        if (!point.freeze()) {
            Runtime.getRuntime().halt(137);
        }
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("cannot freeze", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
