package dev.sluice.worker.process;

import dev.sluice.worker.Examples;
import dev.sluice.worker.lease.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A small JVM that runs one command through the real executor until somebody kills it. */
final class DoomedParent {
    private DoomedParent() {}

    static Process start(Path state, String script) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedParent.class.getName(),
                        state.toString(),
                        script)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] args) throws InterruptedException {
        Path state = Path.of(args[0]);
        Tools tools = Tools.find(System.getenv("PATH"));
        Spawner spawner = new Spawner(tools, new GroupRecords(state, tools));
        Duration limit = Duration.ofMinutes(1);
        CommandSpec spec = new CommandSpec(List.of("/bin/sh", "-c", args[1]), limit, limit, 1L << 30, List.of());
        Lease lease = new Lease("job", "job.1", "kind", 1, limit, Examples.parse("{}"));
        new CommandHandler(spec, spawner, payload -> "http://store/link", state, Map.of("PATH", System.getenv("PATH")))
                .work(lease);
    }
}
