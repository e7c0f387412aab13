package dev.sluice.it.storm;

import dev.sluice.it.stack.Part;
import dev.sluice.it.stack.Stack;
import dev.sluice.it.storm.Snapshot.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the processes of one system hold when they have nothing to do. */
final class Resources {
    /** Kept connections to the next part and from nginx, which idle for a while. */
    private static final long DESCRIPTORS = 80;

    /** What a JVM learns while it works: classes, buffers of threads, statistics. */
    private static final long HEAP_KIB = 16 << 10;

    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final Stack stack;
    private final Map<String, Long> baseline = new HashMap<>();

    Resources(Stack stack) {
        this.stack = stack;
    }

    void remember() {
        measured().forEach(one -> baseline.put(one.name(), one.now()));
    }

    /** Compared with what was remembered; what was not, with itself. */
    List<Resource> measured() {
        List<Resource> all = new ArrayList<>();
        for (Part part : List.of(stack.gateway(), stack.metadata(), stack.worker())) {
            all.add(resource("descriptors of " + part.name(), descriptors(part), DESCRIPTORS));
        }
        for (Part part : List.of(stack.gateway(), stack.metadata())) {
            all.add(resource("heap KiB of " + part.name(), heapKib(part), HEAP_KIB));
        }
        Metrics gateway = Metrics.of(stack.gatewayHealthUrl());
        all.add(new Resource("open uploads", 0, gateway.value("sluice_gateway_open_uploads"), 0));
        // fewer free ones are more taken ones
        all.add(resource("taken part buffers", -gateway.value("sluice_gateway_free_part_buffers"), 0));
        all.add(new Resource("body files of nginx", 0, stack.nginxBodyFiles().size(), 0));
        return all;
    }

    private Resource resource(String name, long now, long slack) {
        return new Resource(name, baseline.getOrDefault(name, now), now, slack);
    }

    private static long descriptors(Part part) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + part.pid() + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is still reachable after a full collection. */
    private static long heapKib(Part part) {
        jcmd(part, "GC.run");
        Matcher used = USED.matcher(jcmd(part, "GC.heap_info"));
        long sum = 0;
        // young and old generation; what follows them is no heap
        for (int i = 0; i < 2 && used.find(); i++) {
            sum += Long.parseLong(used.group(1));
        }
        if (sum == 0) {
            throw new AssertionError("no heap of " + part.name());
        }
        return sum;
    }

    private static String jcmd(Part part, String command) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(part.pid()),
                            command)
                    .redirectErrorStream(true)
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
