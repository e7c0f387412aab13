package dev.sluice.metadata.runtime;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Named moments at which a test may have this process die or freeze ({@code --halt-at NAME:N[:freeze]}, docs/configuration.md). Off
 * unless asked for. Thread-safe.
 */
public final class HaltPoints {
    private record Point(AtomicInteger left, boolean freeze) {}

    private final Map<String, Point> points = new HashMap<>();

    public static HaltPoints none() {
        return new HaltPoints(List.of());
    }

    /** Takes the values of all {@code --halt-at} options. */
    public HaltPoints(List<String> specs) {
        for (String spec : specs) {
            String[] words = spec.split(":", -1);
            boolean freeze = words.length == 3 && words[2].equals("freeze");
            if (words.length < 2
                    || words.length > 3
                    || (words.length == 3 && !freeze)
                    || !words[1].matches("[1-9]\\d{0,8}")) {
                throw new IllegalArgumentException("--halt-at wants NAME:N or NAME:N:freeze, not " + spec);
            }
            points.put(words[0], new Point(new AtomicInteger(Integer.parseInt(words[1])), freeze));
        }
    }

    public boolean any() {
        return !points.isEmpty();
    }

    /** Says that the moment has come; returns unless this is where the process was told to end. */
    public void reached(String name) {
        Point point = points.get(name);
        if (point == null || point.left().decrementAndGet() != 0) {
            return;
        }
        System.err.println("halt point " + name);
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
