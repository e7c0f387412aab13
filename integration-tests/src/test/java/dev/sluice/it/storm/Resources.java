package dev.sluice.it.storm;

import dev.sluice.it.hostile.Traces;
import dev.sluice.it.stack.Await;
import dev.sluice.it.stack.Jvm;
import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.Snapshot.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the processes of one system hold when they have nothing to do: compared with what they held at the beginning, and, where all of
 * them have lived through a round, with what the same processes held before it.
 */
final class Resources {
    /** What a part opens when it needs it first; each life needs other things. */
    private static final long DESCRIPTORS = 20;

    /** Kept connections, which idle for a while. */
    private static final long DESCRIPTORS_OF_ONE_LIFE = 10;

    /** What a JVM learns while it works: classes, buffers of threads, statistics; and more rows of more uploads. */
    private static final long HEAP_KIB = 16 << 10;

    /** It has learnt already. */
    private static final long HEAP_KIB_OF_ONE_LIFE = 4 << 10;

    /** Longer than any kept connection idles. */
    private static final Duration IDLE = Duration.ofSeconds(60);

    private static final Duration BREATH = Duration.ofMillis(500);
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final Stack stack;
    private final Map<String, Long> baseline = new HashMap<>();
    private final Map<String, Long> before = new HashMap<>();

    private record Figure(String name, long now, long slack, long slackOfOneLife) {}

    Resources(Stack stack) {
        this.stack = stack;
    }

    /** As the system was when it began. */
    void remember() {
        figures().forEach(one -> baseline.put(one.name(), one.now()));
    }

    /** Every process lives on from here until the next measurement. */
    void rememberLives() {
        figures().forEach(one -> before.put(one.name(), one.now()));
    }

    /** Once connections that nobody uses have ended, or too late for that. */
    List<Resource> measured() {
        long end = System.nanoTime() + IDLE.toNanos();
        while (!back(descriptors()) && System.nanoTime() < end) {
            Await.pass(BREATH);
        }
        List<Resource> all = compared(figures());
        before.clear();
        return all;
    }

    private boolean back(List<Figure> figures) {
        return compared(figures).stream().noneMatch(Resource::exceeded);
    }

    /** What was not remembered is compared with itself. */
    private List<Resource> compared(List<Figure> figures) {
        List<Resource> all = new ArrayList<>();
        for (Figure one : figures) {
            all.add(new Resource(one.name(), baseline.getOrDefault(one.name(), one.now()), one.now(), one.slack()));
            if (before.containsKey(one.name())) {
                all.add(new Resource(
                        one.name() + " in one life",
                        before.getOrDefault(one.name(), one.now()),
                        one.now(),
                        one.slackOfOneLife()));
            }
        }
        return all;
    }

    private List<Figure> figures() {
        List<Figure> all = new ArrayList<>(descriptors());
        for (Part part : List.of(stack.gateway(), stack.metadata(), stack.worker())) {
            all.add(new Figure("heap KiB of " + part.name(), heapKib(part), HEAP_KIB, HEAP_KIB_OF_ONE_LIFE));
        }
        all.add(new Figure("memory KiB of nginx", nginxKib(), HEAP_KIB, HEAP_KIB_OF_ONE_LIFE));
        Metrics gateway = Metrics.of(stack.gatewayHealthUrl());
        all.add(new Figure("open uploads", gateway.value("sluice_gateway_open_uploads"), 0, 0));
        // fewer free ones are more taken ones
        all.add(new Figure("taken part buffers", -gateway.value("sluice_gateway_free_part_buffers"), 0, 0));
        all.add(new Figure("body files of nginx", stack.nginxBodyFiles().size(), 0, 0));
        return all;
    }

    private List<Figure> descriptors() {
        List<Figure> all = new ArrayList<>();
        Traces traces = new Traces(stack);
        traces.openFiles().forEach((name, open) -> all.add(descriptors(name, open)));
        stack.store().ifPresent(store -> all.add(descriptors(store.name(), Traces.openFiles(store.pid()))));
        return all;
    }

    private static Figure descriptors(String name, long open) {
        return new Figure("descriptors of " + name, open, DESCRIPTORS, DESCRIPTORS_OF_ONE_LIFE);
    }

    private long nginxKib() {
        return ProcessHandle.of(stack.nginx().pid()).stream()
                .flatMap(ProcessHandle::children)
                .mapToLong(child -> number(RESIDENT, status(child.pid())))
                .sum();
    }

    private static String status(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/status"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** What is still reachable after a full collection. */
    private static long heapKib(Part part) {
        return Jvm.liveBytes(part.pid()).orElseThrow(() -> new AssertionError("no heap of " + part.name())) >> 10;
    }
}
